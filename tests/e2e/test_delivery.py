"""Other servers deliver on port 25; each recipient's domain picks the server."""

import subprocess

import pytest

from support.clients import new_message
from support.dialogue import SmtpDialogue
from support.fake_smtp import FakeSmtp
from support.waiting import wait_until

SIDES = {"anna@example.org": "old", "bert@example.net": "old", "carla@example.com": "new"}


def as_sent(message) -> bytes:
    return message.as_bytes().replace(b"\n", b"\r\n")


@pytest.mark.parametrize("legs", [("none", "none"), ("starttls", "starttls")], ids=lambda legs: legs[0])
def test_each_domain_to_its_side(start_proxy, pair, legs):
    proxy = start_proxy(smtp=legs)
    for login, side in SIDES.items():
        message = new_message("friend@elsewhere.example", login)
        with proxy.clients.port25() as client:
            client.send_message(message)
        stored = pair.wait_for_message(side, login, message["Message-ID"])
        assert stored.count(b"mail.old.example") >= 1
        assert pair.where(message["Message-ID"], login) == {"old": 0, "new": 0} | {side: 1}


@pytest.mark.parametrize("recipient, mailbox, side", [
    ("CARLA@EXAMPLE.COM", "carla@example.com", "new"),
    ("carla@Example.Com", "carla@example.com", "new"),
    ("info@example.org", "anna@example.org", "old"),
    ("anna+lists@example.org", "anna@example.org", "old"),
    ("anything-at-all@example.net", "everything@example.net", "old"),
])
def test_case_alias_detail_and_catch_all(proxy, pair, recipient, mailbox, side):
    message = new_message("friend@elsewhere.example", recipient)
    with proxy.clients.port25() as client:
        client.send_message(message)
    pair.wait_for_message(side, mailbox, message["Message-ID"])


def test_a_catch_all_domain_that_moved(start_proxy, pair):
    proxy = start_proxy(routes={"example.net": "new"})
    message = new_message("friend@elsewhere.example", "whatever@example.net")
    with proxy.clients.port25() as client:
        client.send_message(message)
    pair.wait_for_message("new", "everything@example.net", message["Message-ID"])


@pytest.mark.parametrize("recipient", ["unknown@example.org", "unknown@example.com"])
def test_an_unknown_recipient_is_refused_at_rcpt(proxy, recipient):
    dialogue = proxy.clients.smtp_dialogue()
    mail, rcpt = dialogue.begin("friend@elsewhere.example", recipient)
    assert mail.code == 250 and rcpt.code == 550, rcpt


def test_two_sides_in_one_transaction_come_back_as_two(proxy, pair):
    dialogue = proxy.clients.smtp_dialogue()
    message = new_message("friend@elsewhere.example", "undisclosed@example.org")
    _, first, second, third = dialogue.begin("friend@elsewhere.example", "carla@example.com", "anna@example.org",
                                             "relay@example.com")
    assert (first.code, third.code) == (250, 250)
    assert (second.code, second.enhanced) == (452, "4.5.3")
    assert dialogue.content(as_sent(message)).code == 250
    assert [reply.code for reply in dialogue.begin("friend@elsewhere.example", "anna@example.org")] == [250, 250]
    assert dialogue.content(as_sent(message)).code == 250
    for login, side in (("carla@example.com", "new"), ("relay@example.com", "new"), ("anna@example.org", "old")):
        pair.wait_for_message(side, login, message["Message-ID"])
        assert pair.where(message["Message-ID"], login) == {"old": 0, "new": 0} | {side: 1}


def test_a_refused_first_recipient_does_not_bind_the_transaction(proxy):
    dialogue = proxy.clients.smtp_dialogue()
    _, unknown, carla = dialogue.begin("friend@elsewhere.example", "unknown@example.org", "carla@example.com")
    assert (unknown.code, carla.code) == (550, 250)


def test_we_relay_for_nobody(proxy):
    """The backend refuses; until `no_relay` has proved it, we answer 451. Never 250."""
    dialogue = proxy.clients.smtp_dialogue()
    _, rcpt = dialogue.begin("friend@elsewhere.example", "stranger@foreign.example")
    assert rcpt.code in (451, 550, 554), rcpt


def test_default_refuse_refuses(start_proxy):
    dialogue = start_proxy(default="refuse").clients.smtp_dialogue()
    _, rcpt = dialogue.begin("friend@elsewhere.example", "stranger@foreign.example")
    assert (rcpt.code, rcpt.enhanced) == (550, "5.7.1")


def test_an_unlisted_domain_is_delivered_by_default(start_proxy, pair):
    proxy = start_proxy(routes={"example.com": "new"}, default="old")

    def accepted():
        dialogue = proxy.clients.smtp_dialogue()
        rcpt = dialogue.begin("friend@elsewhere.example", "anna@example.org")[1]
        assert rcpt.code in (250, 451), rcpt  # 451 until no_relay has passed
        return dialogue if rcpt.code == 250 else None

    dialogue = wait_until(accepted, "no_relay to pass", 20)
    message = new_message("friend@elsewhere.example", "anna@example.org")
    assert dialogue.content(as_sent(message)).code == 250
    pair.wait_for_message("old", "anna@example.org", message["Message-ID"])


def test_an_open_relay_behind_us_gets_no_unlisted_mail(start_proxy, pair):
    with FakeSmtp(is_open_relay=True) as relay:
        proxy = start_proxy(routes={"example.com": "new"}, settings={"backends": {"old": {
            "smtp": {"address": f"127.0.0.1:{relay.port}", "tls": "none"}}}})
        wait_until(lambda: "no_relay_failed" in proxy.log(), "no_relay to fail", 20)
        dialogue = proxy.clients.smtp_dialogue()
        assert dialogue.begin("friend@elsewhere.example", "anna@unlisted.example")[1].code == 451
        assert any(not gate["ok"] for gate in proxy.status()["gates"] if gate["name"].startswith("no_relay"))


def test_delivery_tls(start_proxy, pair):
    strict = SmtpDialogue(start_proxy().ports["smtp"])
    strict.ehlo()
    assert "STARTTLS" in strict.features
    reply = strict.ask("MAIL FROM:<friend@elsewhere.example>")
    assert (reply.code, reply.enhanced) == (530, "5.7.0")
    lenient = SmtpDialogue(start_proxy(settings={"policy": {"delivery_tls": "observe"}}).ports["smtp"])
    lenient.ehlo()
    message = new_message("friend@elsewhere.example", "carla@example.com")
    assert [reply.code for reply in lenient.begin("friend@elsewhere.example", "carla@example.com")] == [250, 250]
    assert lenient.content(as_sent(message)).code == 250
    pair.wait_for_message("new", "carla@example.com", message["Message-ID"])


def test_port_25_offers_no_auth(proxy, pair):
    dialogue = proxy.clients.smtp_dialogue()
    assert "AUTH" not in dialogue.features
    anna = pair.account("anna@example.org")
    assert dialogue.auth_plain(anna.login, anna.password).code in (500, 502, 503, 504)


def test_fifty_one_received_lines_are_a_loop(proxy):
    dialogue = proxy.clients.smtp_dialogue()
    dialogue.begin("friend@elsewhere.example", "carla@example.com")
    received = b"Received: from a.example by b.example; Sun, 22 Nov 2026 08:00:00 +0000\r\n"
    reply = dialogue.content(received * 51 + b"Subject: round and round\r\n\r\nx\r\n")
    assert (reply.code, reply.enhanced) == (554, "5.4.6")


def test_the_same_message_a_fourth_time_is_a_loop(proxy, pair):
    """A server that hands each message straight back to us."""
    content = as_sent(new_message("friend@elsewhere.example", "carla@example.com"))
    message_id = content.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode()
    codes = []
    for round_trip in range(1, 5):
        dialogue = proxy.clients.smtp_dialogue()
        dialogue.begin("friend@elsewhere.example", "carla@example.com")
        reply = dialogue.content(content)
        codes.append(reply.code)
        if reply.code != 250:
            assert (reply.code, reply.enhanced) == (554, "5.4.6")
            break
        wait_until(lambda: pair.new.holds("carla@example.com", message_id) == round_trip, "the copy", 20)
        copies = [text for text in pair.new.messages("carla@example.com") if message_id.encode() in text]
        content = max(copies, key=len).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert codes[-1] == 554 and 1 <= codes.count(250) <= 3, codes


def test_swaks_delivers(proxy, pair):
    message = new_message("friend@elsewhere.example", "carla@example.com")
    done = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{proxy.ports['smtp']}", "--tls", "--helo", "client.example",
         "--from", "friend@elsewhere.example", "--to", "carla@example.com", "--data", "-"],
        input=message.as_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stdout.decode(errors="replace")
    pair.wait_for_message("new", "carla@example.com", message["Message-ID"])


def test_the_null_reverse_path_is_accepted(proxy, pair):
    dialogue = proxy.clients.smtp_dialogue()
    message = new_message("MAILER-DAEMON@elsewhere.example", "carla@example.com")
    assert [reply.code for reply in dialogue.begin("", "carla@example.com")] == [250, 250]
    assert dialogue.content(as_sent(message)).code == 250
    pair.wait_for_message("new", "carla@example.com", message["Message-ID"])
