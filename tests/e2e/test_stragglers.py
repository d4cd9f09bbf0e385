"""A login's message to recipients of both sides: none is kept in a mailbox that nobody reads any more.

anna and bert are on old, carla and relay on new.
"""

import pytest

from support.clients import new_message
from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend
from support.queue_server import QueueServer
from support.waiting import wait_until

MIXED = [("bert@example.net", "carla@example.com"), ("carla@example.com", "bert@example.net"),
         ("carla@example.com", "relay@example.com", "bert@example.net"),
         ("bert@example.net", "carla@example.com", "anna@example.org", "relay@example.com")]
SIDES = {"anna@example.org": "old", "bert@example.net": "old", "carla@example.com": "new",
         "relay@example.com": "new"}
LETTER = b"Subject: x\r\n\r\nx\r\n"


def as_sent(message) -> bytes:
    return message.as_bytes().replace(b"\n", b"\r\n")


def queue_at(port: int) -> dict:
    return {"queue": {"smtp": {"address": f"127.0.0.1:{port}", "tls": "none"}}}


@pytest.mark.parametrize("recipients", MIXED, ids=lambda recipients: "-".join(name[0] for name in recipients))
def test_a_real_queue_brings_the_other_sides_share_back_to_us(start_proxy, pair, folder, recipients):
    with QueueServer(folder / "queue", pair.authority) as queue:
        proxy = start_proxy(settings={"backends": queue.settings,
                                      "budgets": {"connect": "10s", "greeting": "30s"}})
        queue.start(proxy.ports["smtp"])
        wait_until(lambda: queue_of(proxy)["healthy"], "the queue to be seen", 60)
        anna = pair.account("anna@example.org")
        dialogue = proxy.clients.submission_dialogue(anna)
        replies = dialogue.begin(anna.login, *recipients)
        assert {reply.code for reply in replies} == {250}, replies
        message = new_message(anna.login, "undisclosed@example.org")
        assert dialogue.content(as_sent(message)).code == 250
        for login in recipients:
            pair.wait_for_message(SIDES[login], login, message["Message-ID"])
        wait_until(lambda: not queue.postfix.queued(), "the queue to empty", 60)
        for login in recipients:
            assert pair.where(message["Message-ID"], login) == {"old": 0, "new": 0} | {SIDES[login]: 1}
        log = queue.postfix.log()
        assert "to=<carla@example.com>" in log and "to=<bert@example.net>" not in log
        assert " straggler " not in proxy.log()


def test_recipients_that_share_the_other_side_need_no_queue(start_between):
    with FakeSmtp() as old, FakeSmtp() as new, FakeSmtp() as queue:
        proxy = start_between(clear_backend(submission=old.port, smtp=old.port),
                              clear_backend(submission=new.port, smtp=new.port),
                              settings={"backends": queue_at(queue.port)})
        dialogue = logged_in(proxy)
        assert [r.code for r in dialogue.begin("anna@example.org", "a@example.com", "b@example.com")] == [250] * 3
        assert dialogue.content(LETTER).code == 250
        wait_until(lambda: new.taken, "the message")
        assert new.taken[0].forward_paths == ["a@example.com", "b@example.com"]
        assert old.taken == queue.taken == []
        assert len(new.logins) == 0  # as ourselves


def test_a_server_that_relays_moved_domains_gets_all_of_it(start_between):
    with FakeSmtp() as old, FakeSmtp() as new, FakeSmtp() as queue:
        proxy = start_between({**clear_backend(submission=old.port, smtp=old.port), "relays_moved_domains": True},
                              clear_backend(submission=new.port, smtp=new.port),
                              settings={"backends": queue_at(queue.port)})
        dialogue = logged_in(proxy)
        recipients = ["a@example.com", "b@example.org", "c@example.com", "d@elsewhere.example"]
        assert [r.code for r in dialogue.begin("anna@example.org", *recipients)] == [250] * 5
        assert dialogue.content(LETTER).code == 250
        wait_until(lambda: old.taken, "the message")
        assert old.taken[0].forward_paths == recipients
        assert new.taken == queue.taken == []


@pytest.mark.parametrize("recipients, codes", [(("b@example.org", "a@example.com", "d@elsewhere.example"), [250, 451, 250]),
                                               (("a@example.com", "b@example.org", "c@example.com"), [250, 451, 250])])
@pytest.mark.parametrize("has_queue", [False, True])
def test_without_a_queue_the_others_wait(start_between, recipients, codes, has_queue):
    with FakeSmtp() as old, FakeSmtp() as new:
        settings = {"backends": queue_at(1)} if has_queue else {}  # port 1: nobody is there
        proxy = start_between(clear_backend(submission=old.port, smtp=old.port),
                              clear_backend(submission=new.port, smtp=new.port), settings=settings)
        dialogue = logged_in(proxy)
        replies = dialogue.begin("anna@example.org", *recipients)[1:]
        assert [reply.code for reply in replies] == codes, replies
        assert dialogue.content(LETTER).code == 250
        wait_until(lambda: old.taken or new.taken, "the message")
        taken = (old.taken + new.taken)[0]
        assert taken.forward_paths == [path for path, code in zip(recipients, codes) if code == 250]
        refused = recipients[codes.index(451)]
        wait_until(lambda: any(" straggler " in line and refused in line for line in proxy.log().splitlines()),
                   "the log")


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("answer", ["451 4.3.0 later", "554 5.7.1 never"])
def test_a_queue_that_refuses_before_the_content(start_between, step, answer):
    with FakeSmtp() as old, FakeSmtp() as new, FakeSmtp(faults={step: lambda peer: peer.say(answer)}) as queue:
        proxy = start_between(clear_backend(submission=old.port, smtp=old.port),
                              clear_backend(submission=new.port, smtp=new.port),
                              settings={"backends": queue_at(queue.port)})
        dialogue = logged_in(proxy)
        replies = dialogue.begin("anna@example.org", "b@example.org", "a@example.com")[1:]
        reply = dialogue.content(LETTER)
        if step == "data":  # nothing of the message is anywhere then
            assert [r.code for r in replies] == [250, 250]
            assert reply.code == int(answer[:3])
            assert old.taken == new.taken == queue.taken == []
            # The login's own connection is still of use.
            assert [r.code for r in dialogue.begin("anna@example.org", "b@example.org")] == [250, 250]
            assert dialogue.content(LETTER).code == 250
        else:
            assert [r.code for r in replies] == [250, 451], replies
            assert reply.code == 250
        wait_until(lambda: old.taken, "the message")
        assert [taken.forward_paths for taken in old.taken] == [["b@example.org"]]
        assert new.taken == queue.taken == []


@pytest.mark.parametrize("answer", ["451 4.3.0 later", "550 5.7.1 spam"])
def test_the_queue_gets_nothing_that_the_own_server_refuses(start_between, answer):
    with FakeSmtp(faults={"final": lambda peer: peer.say(answer)}) as old, FakeSmtp() as new, FakeSmtp() as queue:
        proxy = start_between(clear_backend(submission=old.port, smtp=old.port),
                              clear_backend(submission=new.port, smtp=new.port),
                              settings={"backends": queue_at(queue.port)})
        dialogue = logged_in(proxy)
        assert [r.code for r in dialogue.begin("anna@example.org", "b@example.org", "a@example.com")] == [250] * 3
        assert dialogue.content(LETTER).code == int(answer[:3])
        assert [r.code for r in dialogue.begin("anna@example.org", "b@example.org")] == [250] * 2
        wait_until(lambda: [peer for peer in queue.peers if peer.is_finished and "DATA" in peer.heard],
                   "the queue's connection to end")
        assert queue.taken == queue.seen_data == new.taken == []


def test_a_queue_lost_at_the_end_is_told_to_the_client(start_between):
    def hang_up(peer):
        peer.close()

    with FakeSmtp() as old, FakeSmtp() as new, FakeSmtp(faults={"final": hang_up}) as queue:
        proxy = start_between(clear_backend(submission=old.port, smtp=old.port),
                              clear_backend(submission=new.port, smtp=new.port),
                              settings={"backends": queue_at(queue.port)})
        dialogue = logged_in(proxy)
        assert [r.code for r in dialogue.begin("anna@example.org", "b@example.org", "a@example.com")] == [250] * 3
        assert dialogue.content(LETTER).code == 451  # rather doubled than lost
        assert len(old.taken) == 1 and new.taken == []


def test_status_knows_the_queue(start_between):
    with FakeSmtp() as queue:
        proxy = start_between(clear_backend(), clear_backend(), settings={"backends": queue_at(queue.port)})
        wait_until(lambda: queue_of(proxy)["healthy"], "the queue to be seen")
        assert queue_of(proxy).items() >= {"name": "queue", "protocol": "smtp", "problem": None}.items()
    proxy = start_between(clear_backend(), clear_backend(), settings={"backends": queue_at(1)})
    assert not queue_of(proxy)["healthy"] and queue_of(proxy)["problem"]


def queue_of(proxy) -> dict:
    return next(one for one in proxy.status()["backends"] if one["name"] == "queue")


def logged_in(proxy):
    dialogue = proxy.clients.submission_dialogue()
    assert dialogue.auth_plain("anna@example.org", "secret").code == 235
    return dialogue
