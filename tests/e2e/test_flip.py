"""A reload flips one domain: its sessions end politely, its next ones land on the other server."""

import dataclasses
import signal
import threading
import time

import pytest

from support.clients import new_message, server_reached
from support.peer import Gone
from support.waiting import wait_until


def as_sent(message) -> bytes:
    return message.as_bytes().replace(b"\n", b"\r\n")


def hears_bye(dialogue) -> str:
    """The BYE, which must come before the connection ends."""
    while not (line := dialogue.line()).startswith("* BYE"):
        pass
    assert line.startswith("* BYE [UNAVAILABLE] "), line
    assert dialogue.rest() == b""
    return line


@pytest.fixture
def anna(pair):
    return pair.account("anna@example.org")


@pytest.fixture
def bert(pair):
    return pair.account("bert@example.net")


def test_logins_submission_and_delivery_follow_the_route_there_and_back(proxy, pair, anna):
    for side in ("new", "old"):
        proxy.flip("example.org", side)
        assert server_reached(proxy.clients.imap(anna)) == side
        submitted = new_message(anna.login, anna.login)
        with proxy.clients.submission(anna) as client:
            client.send_message(submitted)
        delivered = new_message("friend@elsewhere.example", anna.login)
        with proxy.clients.port25() as client:
            client.send_message(delivered)
        for message in (submitted, delivered):
            pair.wait_for_message(side, anna.login, message["Message-ID"])
            assert pair.where(message["Message-ID"], anna.login) == {"old": 0, "new": 0} | {side: 1}


def test_reload_says_what_it_changed(proxy):
    before = proxy.status()["epoch"]
    proxy.edit_route("example.org", "new")
    done = proxy.run("reload")
    assert done.returncode == 0, done.stderr
    assert "example.org" in done.stdout and "new" in done.stdout
    assert proxy.status()["epoch"] == before + 1
    assert proxy.domain("example.org")["phase"] == "new"


def test_sighup_reloads_too(proxy, anna):
    proxy.edit_route("example.org", "new")
    proxy.signal(signal.SIGHUP)
    wait_until(lambda: proxy.domain("example.org")["phase"] == "new", "the new phase")
    assert server_reached(proxy.clients.imap(anna)) == "new"


def test_idle_hears_bye_and_reconnects_to_the_new_server(proxy, anna, bert):
    moved, stays = proxy.clients.imap_dialogue(anna), proxy.clients.imap_dialogue(bert)
    tags = []
    for dialogue in (moved, stays):
        assert dialogue.ask("SELECT INBOX")[-1].startswith("OK")
        tags.append(dialogue.idle())
    proxy.flip("example.org", "new")
    hears_bye(moved)
    assert server_reached(proxy.clients.imap(anna)) == "new"
    stays.say("DONE")
    assert stays.until_tagged(tags[1])[-1].startswith("OK")
    assert stays.ask("NOOP")[-1].startswith("OK")


def test_a_quiet_session_hears_bye(proxy, anna):
    dialogue = proxy.clients.imap_dialogue(anna)
    assert dialogue.ask("SELECT INBOX")[-1].startswith("OK")
    proxy.flip("example.org", "new")
    hears_bye(dialogue)


def test_an_append_in_the_middle_of_its_literal_is_finished_first(start_proxy, pair, anna):
    proxy = start_proxy(settings={"budgets": {"drain": "20s"}})
    dialogue = proxy.clients.imap_dialogue(anna)
    message = as_sent(new_message(anna.login, anna.login))
    half = len(message) // 2
    tag = dialogue.send(f"APPEND INBOX {{{len(message)}}}")
    assert dialogue.line().startswith("+")
    dialogue.say_raw(message[:half])
    proxy.flip("example.org", "new")
    dialogue.say_raw(message[half:] + b"\r\n")
    assert dialogue.until_tagged(tag)[-1].startswith("OK")
    hears_bye(dialogue)
    assert any(message.replace(b"\r\n", b"\n") == stored.replace(b"\r\n", b"\n")
               for stored in pair.old.messages(anna.login))


def test_the_drain_budget_cuts_what_never_ends(start_proxy, anna):
    proxy = start_proxy(settings={"budgets": {"drain": "1s"}})
    dialogue = proxy.clients.imap_dialogue(anna)
    dialogue.send("APPEND INBOX {1000}")
    assert dialogue.line().startswith("+")
    started = time.monotonic()
    proxy.flip("example.org", "new")
    dialogue.rest()
    assert 0.8 < time.monotonic() - started < 6
    wait_until(lambda: proxy.domain("example.org")["sessions"]["old"] == 0, "no session on old")


def finish_on_the_right_side(proxy, pair, dialogue, message, recipient):
    """After the flip: 451 at DATA (or the session's end), or delivery to old before the drain ends."""
    try:
        reply = dialogue.content(as_sent(message))
    except Gone:
        code = 421
    else:
        code = reply.code
    assert code in (250, 421, 451), code
    assert pair.where(message["Message-ID"], recipient) == {"old": int(code == 250), "new": 0}
    return code


def test_an_open_transaction_on_port_25(proxy, pair, anna):
    dialogue = proxy.clients.smtp_dialogue()
    message = new_message("friend@elsewhere.example", anna.login)
    assert [reply.code for reply in dialogue.begin("friend@elsewhere.example", anna.login)] == [250, 250]
    proxy.flip("example.org", "new")
    assert finish_on_the_right_side(proxy, pair, dialogue, message, anna.login) == 451
    again = proxy.clients.smtp_dialogue()
    again.begin("friend@elsewhere.example", anna.login)
    assert again.content(as_sent(message)).code == 250
    pair.wait_for_message("new", anna.login, message["Message-ID"])
    assert pair.where(message["Message-ID"], anna.login) == {"old": 0, "new": 1}


def test_an_open_transaction_of_another_domain_goes_on(proxy, pair):
    dialogue = proxy.clients.smtp_dialogue()
    message = new_message("friend@elsewhere.example", "bert@example.net")
    dialogue.begin("friend@elsewhere.example", "bert@example.net")
    proxy.flip("example.org", "new")
    assert dialogue.content(as_sent(message)).code == 250
    pair.wait_for_message("old", "bert@example.net", message["Message-ID"])


def test_an_open_submission(proxy, pair, anna):
    dialogue = proxy.clients.submission_dialogue(anna)
    message = new_message(anna.login, anna.login)
    assert [reply.code for reply in dialogue.begin(anna.login, anna.login)] == [250, 250]
    proxy.flip("example.org", "new")
    finish_on_the_right_side(proxy, pair, dialogue, message, anna.login)


def test_a_submission_whose_recipient_is_flipped(proxy, pair, anna, bert):
    """The sender stays on old; the recipient's mailbox there dies between RCPT and DATA."""
    dialogue = proxy.clients.submission_dialogue(bert)
    message = new_message(bert.login, anna.login)
    assert [reply.code for reply in dialogue.begin(bert.login, anna.login)] == [250, 250]
    proxy.flip("example.org", "new")
    assert finish_on_the_right_side(proxy, pair, dialogue, message, anna.login) == 451
    proxy.stop()
    assert " straggler " not in proxy.log()  # its domain moved; nobody mixed routes


@pytest.mark.parametrize("listener", ["smtp", "submission"])
def test_content_under_way_is_finished_at_its_old_backend(start_proxy, pair, anna, listener):
    proxy = start_proxy(settings={"budgets": {"drain": "20s"}})
    dialogue = proxy.clients.smtp_dialogue() if listener == "smtp" else proxy.clients.submission_dialogue(anna)
    message = new_message(anna.login, anna.login)
    dialogue.begin(anna.login, anna.login)
    assert dialogue.ask("DATA").code == 354
    text = as_sent(message)
    dialogue.say_raw(text[:len(text) // 2])
    proxy.flip("example.org", "new")
    dialogue.say_raw(text[len(text) // 2:] + b".\r\n")
    assert dialogue.reply().code == 250
    pair.wait_for_message("old", anna.login, message["Message-ID"])
    assert pair.where(message["Message-ID"], anna.login) == {"old": 1, "new": 0}


def test_an_idle_submission_session_ends_with_421(proxy, anna):
    dialogue = proxy.clients.submission_dialogue(anna)
    proxy.flip("example.org", "new")
    try:
        reply = dialogue.reply()
    except Gone:
        pytest.fail("closed without a word")
    assert reply.code == 421, reply


def test_an_accounts_pin_outranks_its_domain(start_proxy, pair, anna):
    accounts = [dataclasses.replace(account, pin="new") if account == anna else account for account in pair.accounts]
    proxy = start_proxy(accounts=accounts)
    assert server_reached(proxy.clients.imap(anna)) == "new"
    assert server_reached(proxy.clients.imap(pair.account("office@example.org"))) == "old"
    for recipient in ("anna@example.org", "info@example.org"):
        message = new_message("friend@elsewhere.example", recipient)
        with proxy.clients.port25() as client:
            client.send_message(message)
        pair.wait_for_message("new", "anna@example.org", message["Message-ID"])


def test_under_steady_traffic_every_message_arrives_once_and_on_the_right_side(start_proxy, pair, anna):
    """Senders on port 25 and 465 don't stop while the domain goes there, back and there again."""
    proxy = start_proxy(settings={"budgets": {"drain": "10s"}})
    accepted, broken = [], []  # (message id, began, ended)
    enough = threading.Event()

    def send(submit: bool) -> None:
        while not enough.is_set():
            message = new_message(anna.login, anna.login)
            began = time.monotonic()
            try:
                client = proxy.clients.submission_dialogue(anna) if submit else proxy.clients.smtp_dialogue()
                client.begin(anna.login, anna.login)
                reply = client.content(as_sent(message))
                if reply.code == 250:
                    accepted.append((message["Message-ID"], began, time.monotonic()))
                elif reply.code not in (421, 451, 503):  # 503: RCPT was deferred
                    broken.append(str(reply))
                client.close()
            except (Gone, OSError, AssertionError) as error:
                if "421" not in str(error) and not isinstance(error, (Gone, OSError)):
                    broken.append(repr(error))

    senders = [threading.Thread(target=send, args=(submit,)) for submit in (True, False, False)]
    for sender in senders:
        sender.start()
    flips = []  # (asked, in force, phase)
    for phase in ("new", "old", "new"):
        count = len(accepted)
        wait_until(lambda: len(accepted) >= count + 15, "fifteen more messages", 60)
        asked = time.monotonic()
        proxy.flip("example.org", phase)
        flips.append((asked, time.monotonic(), phase))
    count = len(accepted)
    wait_until(lambda: len(accepted) >= count + 15, "fifteen more messages", 60)
    enough.set()
    for sender in senders:
        sender.join(60)
    assert not broken
    wait_until(lambda: pair.old.is_settled() and pair.new.is_settled(), "the queues to empty", 60)
    on = {side: pair.server(side).message_ids(anna.login) for side in ("old", "new")}
    for message_id, began, ended in accepted:
        assert on["old"][message_id] + on["new"][message_id] == 1, (message_id, "lost or doubled")
        phase = "old"
        for asked, in_force, next_phase in flips:
            if began > in_force:
                phase = next_phase
            elif ended > asked:
                phase = ""  # began before it was in force, ended after it was asked: either side is right
        if phase:
            assert on[phase][message_id] == 1, (message_id, f"not on {phase}")
