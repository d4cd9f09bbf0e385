"""No credential and no mailbox byte crosses a client connection in the clear, loopback included."""

import socket
import ssl

import pytest

from support.dialogue import ImapDialogue, SmtpDialogue, plain
from support.peer import Gone
from support.waiting import wait_until

ANNA = ("anna@example.org", "anna's secret")


def test_imap_in_clear_offers_and_takes_no_login(proxy):
    dialogue = ImapDialogue(proxy.ports["imap"])
    listed = dialogue.capabilities()
    assert {"STARTTLS", "LOGINDISABLED"} <= listed
    assert not [word for word in listed if word.startswith("AUTH=")]
    for command in (f'LOGIN "{ANNA[0]}" "{ANNA[1]}"', f"AUTHENTICATE PLAIN {plain(*ANNA)}", "AUTHENTICATE PLAIN",
                    "AUTHENTICATE LOGIN"):
        answer = dialogue.ask(command)
        assert len(answer) == 1 and answer[0].startswith(("NO", "BAD")), answer
    assert ImapDialogue(proxy.ports["imap"]).login(*ANNA).startswith(("NO [PRIVACYREQUIRED]", "BAD"))


def test_submission_in_clear_offers_and_takes_neither_auth_nor_mail(proxy):
    dialogue = SmtpDialogue(proxy.ports["submission"])
    dialogue.ehlo()
    assert "STARTTLS" in dialogue.features and "AUTH" not in dialogue.features
    mail = dialogue.ask(f"MAIL FROM:<{ANNA[0]}>")
    assert (mail.code, mail.enhanced) == (530, "5.7.0")
    for command in (f"AUTH PLAIN {plain(*ANNA)}", "AUTH PLAIN", "AUTH LOGIN"):
        assert dialogue.ask(command).code in (502, 503, 504, 530, 538), dialogue.heard[-1]


@pytest.mark.parametrize("listener", ["submission", "smtp"])
def test_what_was_learned_in_clear_is_forgotten(proxy, listener):
    dialogue = SmtpDialogue(proxy.ports[listener])
    dialogue.ehlo()
    dialogue.upgrade(proxy.clients.context)
    reply = dialogue.ask("MAIL FROM:<anna@example.org>")
    assert reply.code in (503, 530), reply  # no EHLO yet on this connection
    dialogue.ehlo()
    assert "STARTTLS" not in dialogue.features
    assert dialogue.ask("STARTTLS").code >= 500


INJECTIONS = {
    "imap": [b"a1 STARTTLS\r\na2 NOOP\r\n", b"a1 STARTTLS\r\na2 LOGIN anna@example.org secret\r\n",
             b"a1 STARTTLS\r\n\r\n", b"a1 STARTTLS\r\nx"],
    "submission": [b"EHLO a\r\nSTARTTLS\r\nNOOP\r\n", b"EHLO a\r\nSTARTTLS\r\nEHLO b\r\nMAIL FROM:<a@b>\r\n"],
    "smtp": [b"EHLO a\r\nSTARTTLS\r\nMAIL FROM:<evil@elsewhere.example>\r\nRCPT TO:<anna@example.org>\r\nDATA\r\n",
             b"EHLO a\r\nSTARTTLS\r\nR"],
}


@pytest.mark.parametrize("listener, octets", [(name, octets) for name, all_of in INJECTIONS.items() for octets in all_of])
def test_bytes_in_clear_behind_starttls_are_never_executed(proxy, listener, octets):
    """They are thrown away with the connection: no handshake succeeds behind them."""
    peer = (ImapDialogue if listener == "imap" else SmtpDialogue)(proxy.ports[listener])
    peer.say_raw(octets)
    with pytest.raises((OSError, Gone)):
        peer.until(b"a1 OK" if listener == "imap" else b"\n220 ")  # may be missing: closed at once
        peer.line()
        peer.start_tls(proxy.clients.context, "mail.old.example")
        peer.say("b1 NOOP" if listener == "imap" else "NOOP")
        pytest.fail(f"served behind an injection: {peer.line()!r}")
    wait_until(lambda: "command_injection" in proxy.log(), "the attempt in the log")


@pytest.mark.parametrize("listener", ["imaps", "submissions"])
def test_clear_text_on_an_implicit_tls_port_is_answered_by_nothing_useful(proxy, listener):
    with socket.create_connection(("127.0.0.1", proxy.ports[listener]), 10) as connection:
        connection.sendall(b"a1 LOGIN anna@example.org secret\r\n" * 3)
        heard = b""
        try:
            while more := connection.recv(1000):
                heard += more
        except ConnectionResetError:
            pass
        assert b"OK" not in heard and b"220" not in heard, heard


@pytest.mark.parametrize("listener", ["imaps", "submissions"])
def test_tls_1_1_is_refused(proxy, pair, listener):
    context = pair.authority.client_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", proxy.ports[listener]), 10) as connection:
        with pytest.raises(ssl.SSLError) as refused:
            context.wrap_socket(connection, server_hostname="mail.old.example")
    assert "alert protocol version" in str(refused.value).lower().replace("_", " ")
