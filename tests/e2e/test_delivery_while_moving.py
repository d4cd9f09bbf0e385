"""`delivery_while_moving`: what becomes of mail for a domain whose mailboxes must be still.

example.org is `moving`, example.net on old, example.com on new.
"""

import pytest

from support.clients import new_message
from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend
from support.queue_server import QueueServer
from support.waiting import wait_until

ROUTES = {"example.org": "moving", "example.net": "old", "example.com": "new"}
LETTER = b"Subject: x\r\n\r\nx\r\n"


def as_sent(message) -> bytes:
    return message.as_bytes().replace(b"\n", b"\r\n")


def queue_at(port: int) -> dict:
    return {"queue": {"smtp": {"address": f"127.0.0.1:{port}", "tls": "none"}}}


def queue_of(proxy) -> dict:
    return next(one for one in proxy.status()["backends"] if one["name"] == "queue")


@pytest.fixture
def queue(folder, pair):
    with QueueServer(folder / "queue", pair.authority) as server:
        yield server


@pytest.fixture
def with_queue(start_proxy, queue):
    """A proxy whose moving domains' mail goes to a real Postfix, which retries through it."""

    def start(policy="queue", routes=ROUTES):
        proxy = start_proxy(routes=routes,
                            settings={"backends": queue.settings, "policy": {"delivery_while_moving": policy},
                                      "budgets": {"connect": "10s", "greeting": "30s"}})
        queue.start(proxy.ports["smtp"])
        wait_until(lambda: queue_of(proxy)["healthy"], "the queue to be seen", 60)
        return proxy

    return start


@pytest.mark.parametrize("ends", ["new", "old"])
def test_a_real_queue_keeps_it_and_brings_it_back(with_queue, queue, pair, ends):
    """By port 25 and by submission; once, whichever way the move ends."""
    proxy = with_queue()
    delivered = new_message("friend@elsewhere.example", "anna@example.org")
    dialogue = proxy.clients.smtp_dialogue()
    assert [reply.code for reply in dialogue.begin("friend@elsewhere.example", "anna@example.org")] == [250, 250]
    assert dialogue.content(as_sent(delivered)).code == 250
    bert = pair.account("bert@example.net")
    submitted = new_message(bert.login, "anna@example.org")
    with proxy.clients.submission(bert) as client:
        client.send_message(submitted)
    wait_until(lambda: queue.postfix.log().count("451 4.3.2") >= 2, "the queue's tries to be put off", 60)
    assert len(queue.postfix.queued()) == 2
    for message in (delivered, submitted):
        assert pair.where(message["Message-ID"], "anna@example.org") == {"old": 0, "new": 0}
    proxy.flip("example.org", ends)
    queue.postfix.retry_deferred()
    for message in (delivered, submitted):
        pair.wait_for_message(ends, "anna@example.org", message["Message-ID"])
    wait_until(lambda: not queue.postfix.queued(), "the queue to empty", 60)
    for message in (delivered, submitted):
        assert pair.where(message["Message-ID"], "anna@example.org") == {"old": 0, "new": 0} | {ends: 1}
    assert proxy.domain("example.org")["early_deliveries"] == 0


def test_recipients_of_three_kinds_in_one_transaction(with_queue, queue, pair):
    proxy = with_queue()
    recipients = {"anna@example.org": "new", "bert@example.net": "old", "carla@example.com": "new"}
    message = new_message("friend@elsewhere.example", "undisclosed@example.org")
    dialogue = proxy.clients.smtp_dialogue()
    assert {reply.code for reply in dialogue.begin("friend@elsewhere.example", *recipients)} == {250}
    assert dialogue.content(as_sent(message)).code == 250
    for login in ("bert@example.net", "carla@example.com"):
        pair.wait_for_message(recipients[login], login, message["Message-ID"])
    proxy.flip("example.org", "new")
    wait_until(lambda: queue.postfix.queued(), "the queue to have it")
    queue.postfix.retry_deferred()
    pair.wait_for_message("new", "anna@example.org", message["Message-ID"])
    for login, side in recipients.items():
        assert pair.where(message["Message-ID"], login) == {"old": 0, "new": 0} | {side: 1}


@pytest.mark.parametrize("phase, to", [("moving", "new"), ("returning", "old")])
def test_target_delivers_at_once_and_remembers(start_proxy, pair, phase, to):
    proxy = start_proxy(routes={**ROUTES, "example.org": phase},
                        settings={"policy": {"delivery_while_moving": "target"}})
    assert proxy.domain("example.org")["early_deliveries"] == 0
    delivered = new_message("friend@elsewhere.example", "anna@example.org")
    with proxy.clients.port25() as client:
        client.send_message(delivered)
    carla = pair.account("carla@example.com" if to == "new" else "bert@example.net")
    submitted = new_message(carla.login, "anna@example.org")
    with proxy.clients.submission(carla) as client:
        client.send_message(submitted)
    anna = pair.account("anna@example.org")
    own = new_message(anna.login, anna.login)
    with proxy.clients.submission(anna) as client:
        client.send_message(own)
    for message in (delivered, submitted, own):
        pair.wait_for_message(to, "anna@example.org", message["Message-ID"])
        assert pair.where(message["Message-ID"], "anna@example.org") == {"old": 0, "new": 0} | {to: 1}
    assert proxy.domain("example.org")["early_deliveries"] == 3
    back = "old" if to == "new" else "new"
    told = proxy.ask("cancel", "example.org")
    assert told["to"] == back and any("3 deliveries" in warning for warning in told["warnings"]), told
    assert proxy.domain("example.org")["early_deliveries"] == 3
    proxy.flip("example.org", phase)
    assert proxy.domain("example.org")["early_deliveries"] == 0


def test_a_drain_waits_for_what_is_under_way_to_the_side_that_freezes(start_between):
    """And with `target`, not for what is where the domain is going."""
    with FakeSmtp() as old, FakeSmtp() as new:
        proxy = start_between(clear_backend(smtp=old.port), clear_backend(smtp=new.port),
                              routes={"example.org": "old"},
                              settings={"policy": {"delivery_while_moving": "target"}, "budgets": {"drain": "60s"}})
        before = proxy.clients.smtp_dialogue()
        assert [reply.code for reply in before.begin("a@elsewhere.example", "b@example.org")] == [250, 250]
        before.say("DATA")
        assert before.reply().code == 354
        assert proxy.flip("example.org", "moving")["draining"] == 1
        after = proxy.clients.smtp_dialogue()
        assert [reply.code for reply in after.begin("a@elsewhere.example", "b@example.org")] == [250, 250]
        assert proxy.domain("example.org")["deliveries"] == 2
        assert proxy.status()["draining"] == 1
        before.say_raw(LETTER + b".\r\n")
        assert before.reply().code == 250
        wait_until(lambda: proxy.status()["draining"] == 0, "the drain to end")
        assert proxy.flip("example.org", "new")["draining"] == 0
        assert after.content(LETTER).code == 250
        wait_until(lambda: len(old.taken) == len(new.taken) == 1, "both messages")


@pytest.fixture
def three(start_between):
    """Fake backends old, new and queue, and a proxy between them."""

    class Three:
        def start(self, policy="queue", old_faults={}, new_faults={}, queue_faults={}, routes=ROUTES):
            self.old, self.new = FakeSmtp(faults=old_faults), FakeSmtp(faults=new_faults)
            self.queue = FakeSmtp(faults=queue_faults, is_open_relay=True)
            self.proxy = start_between(clear_backend(smtp=self.old.port), clear_backend(smtp=self.new.port),
                                       routes=routes, settings={"backends": queue_at(self.queue.port),
                                                                "policy": {"delivery_while_moving": policy}})
            wait_until(lambda: queue_of(self.proxy)["healthy"], "the queue to be seen")
            return self

        def took(self):
            """Who got which recipients, message by message."""
            return [[taken.forward_paths for taken in one.taken] for one in (self.old, self.new, self.queue)]

        def take(self, *expected):
            """Waits: a fake notes what it takes after it has said so."""
            wait_until(lambda: self.took() == list(expected), lambda: f"{expected}, it is {self.took()}")

    made = Three()
    yield made
    for one in (made.old, made.new, made.queue):
        one.__exit__(None, None, None)


def say(answer):
    return lambda peer: peer.say(answer)


def test_what_the_queue_hands_in_is_never_given_to_it(three):
    three.start()
    dialogue = three.proxy.clients.smtp_dialogue()
    dialogue.ask("EHLO fake.example")  # as the queue calls itself
    replies = dialogue.begin("a@elsewhere.example", "b@example.org", "c@example.net", "d@example.com")
    assert [(reply.code, reply.enhanced) for reply in replies[1:]] == [(451, "4.3.2"), (250, "2.1.5"), (452, "4.5.3")]
    assert dialogue.content(LETTER).code == 250
    three.take([["c@example.net"]], [], [])


def test_nor_is_a_message_that_has_been_there(three):
    """It comes back under a name that we don't know as the queue's."""
    three.start()
    dialogue = three.proxy.clients.smtp_dialogue()
    assert [reply.code for reply in dialogue.begin("a@elsewhere.example", "b@example.org")] == [250, 250]
    assert dialogue.content(LETTER).code == 250
    wait_until(lambda: three.queue.taken, "the message")
    queued = three.queue.taken[0].content
    assert [reply.code for reply in dialogue.begin("a@elsewhere.example", "b@example.org")] == [250, 250]
    again = dialogue.content(queued)
    assert (again.code, again.enhanced) == (451, "4.3.2")
    three.take([], [], [["b@example.org"]])
    three.proxy.flip("example.org", "new")
    assert [reply.code for reply in dialogue.begin("a@elsewhere.example", "b@example.org")] == [250, 250]
    assert dialogue.content(queued).code == 250
    three.take([], [["b@example.org"]], [["b@example.org"]])


@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_queue_that_refuses_defers(three, step):
    three.start(queue_faults={step: say("550 5.7.1 never")})
    dialogue = three.proxy.clients.smtp_dialogue()
    reply = dialogue.begin("a@elsewhere.example", "b@example.org")[1]
    assert (reply.code, reply.enhanced) == (451, "4.3.2")


def test_defer_is_the_default_with_a_queue_too(three):
    three.start(policy="defer")
    dialogue = three.proxy.clients.smtp_dialogue()
    replies = dialogue.begin("a@elsewhere.example", "b@example.org", "c@example.net", "d@example.com")
    assert [reply.code for reply in replies[1:]] == [451, 250, 250]


MIXED = ("c@example.net", "d@example.com")  # old, then new


def mixed(three, *recipients):
    dialogue = three.proxy.clients.smtp_dialogue()
    replies = dialogue.begin("a@elsewhere.example", *(recipients or MIXED))
    return [reply.code for reply in replies[1:]], dialogue


def test_each_backend_hears_its_own_and_the_queue_nothing(three):
    three.start()
    codes, dialogue = mixed(three, "c@example.net", "d@example.com", "c2@example.net", "d2@example.com")
    assert codes == [250] * 4
    assert dialogue.content(LETTER).code == 250
    three.take([["c@example.net", "c2@example.net"]], [["d@example.com", "d2@example.com"]], [])
    codes, dialogue = mixed(three)  # once more, on the same connections
    assert codes == [250, 250] and dialogue.content(LETTER).code == 250
    wait_until(lambda: [len(taken) for taken in three.took()] == [2, 2, 0], "two messages each")


@pytest.mark.parametrize("answer", [say("451 4.3.0 later"), lambda peer: peer.close()], ids=["451", "lost"])
def test_what_the_second_cannot_take_now_goes_to_the_queue(three, answer):
    three.start(new_faults={"final": answer})
    codes, dialogue = mixed(three, "c@example.net", "d@example.com", "d2@example.com")
    assert codes == [250] * 3
    assert dialogue.content(LETTER).code == 250
    three.take([["c@example.net"]], [], [["d@example.com", "d2@example.com"]])
    assert three.queue.taken[0].content == three.old.taken[0].content


def test_a_second_that_refuses_for_good_is_told(three):
    three.start(new_faults={"final": say("554 5.7.1 spam")})
    codes, dialogue = mixed(three)
    assert codes == [250, 250]
    assert dialogue.content(LETTER).code == 554
    three.take([["c@example.net"]], [], [])


@pytest.mark.parametrize("answer", ["451 4.3.0 later", "554 5.7.1 spam"])
def test_unless_the_first_takes_it_nobody_gets_it(three, answer):
    three.start(old_faults={"final": say(answer)})
    codes, dialogue = mixed(three)
    assert codes == [250, 250]
    assert dialogue.content(LETTER).code == int(answer[:3])
    three.take([], [], [])


def test_a_recipient_that_its_own_backend_refuses_is_refused(three):
    three.start(new_faults={"rcpt": say("550 5.1.1 unknown")})
    codes, dialogue = mixed(three)
    assert codes == [250, 550]
    assert dialogue.content(LETTER).code == 250
    three.take([["c@example.net"]], [], [])


@pytest.mark.parametrize("step", ["greeting", "mail"])
def test_without_a_queue_that_stands_by_they_come_separately(three, step):
    three.start()
    three.queue._faults[step] = say("451 4.3.0 later" if step == "mail" else "421 4.3.0 later")
    codes, dialogue = mixed(three)
    assert codes == [250, 452]
    assert dialogue.content(LETTER).code == 250
    three.take([["c@example.net"]], [], [])


def test_a_queue_that_fails_after_the_first_is_told(three):
    """Rather doubled than lost."""
    three.start(new_faults={"final": say("451 4.3.0 later")}, queue_faults={"final": lambda peer: peer.close()})
    codes, dialogue = mixed(three)
    assert codes == [250, 250]
    assert dialogue.content(LETTER).code == 451
    three.take([["c@example.net"]], [], [])
