"""The fake backends speak well enough for real clients, and their faults are faults."""

import imaplib
import smtplib

import pytest

from support import faults
from support.clients import ImapWithStartTls, SmtpWithStartTls, new_message
from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.peer import Gone, Peer
from support.stellwerk import connect
from support.waiting import wait_until
from support.yaml_text import yaml_text


def test_imap_login_in_every_form():
    with FakeImap() as server:
        for _ in range(2):
            client = ImapWithStartTls(server.port)
            client.login("anna@example.org", "secret")
            client.select("INBOX")
            client.logout()
        peer = Peer(connect(server.port))
        peer.line()
        peer.say("a LOGIN {4+}", "anna {6}")
        assert peer.line().startswith("+")
        peer.say("secret")
        assert peer.line() == "a OK logged in"
        assert server.logins[-1] == ("anna", "secret")


def test_imap_refuses_a_wrong_password():
    with FakeImap() as server, pytest.raises(imaplib.IMAP4.error):
        ImapWithStartTls(server.port).login("anna@example.org", "guess")


def test_smtp_takes_a_message_and_refuses_strangers():
    with FakeSmtp() as server:
        client = SmtpWithStartTls(server.port)
        client.ehlo()
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(new_message("a@client.example", "b@elsewhere.example"))
        client.login("anna@example.org", "secret")
        message = new_message("a@client.example", "b@elsewhere.example")
        client.send_message(message)
        wait_until(lambda: server.taken, "the message")
        assert message["Message-ID"].encode() in server.taken[0].content


def test_smtp_takes_an_empty_message():
    with FakeSmtp() as server:
        client = SmtpWithStartTls(server.port)
        client.ehlo()
        client.docmd("MAIL FROM:<>")
        client.docmd("RCPT TO:<anna@example.org>")
        assert client.docmd("DATA")[0] == 354
        assert client.docmd(".")[0] == 250


@pytest.mark.parametrize("fault", [faults.closes, faults.resets])
def test_a_closing_backend_closes(fault):
    with FakeImap(faults={"greeting": fault}) as server:
        with pytest.raises((Gone, ConnectionResetError)):  # the latter by connect, if the reset is quick
            Peer(connect(server.port)).line()


@pytest.mark.parametrize("fault", [faults.never_ends_its_line, faults.never_ends_its_reply])
def test_an_endless_backend_does_not_end(fault):
    with FakeImap(faults={"greeting": fault}) as server:
        assert len(Peer(connect(server.port)).octets(1_000_000)) == 1_000_000


def test_a_script_that_breaks_fails_its_test():
    def broken(_):
        raise KeyError("a mistake in a script")

    server = FakeImap(faults={"greeting": broken})
    Peer(connect(server.port)).rest()
    with pytest.raises(AssertionError):
        server.stop()


def test_yaml_is_written_as_a_person_would():
    assert yaml_text({"hostname": "mail.old.example", "log": {"level": "info"},
                      "policy": {"sender_binding": {"envelope": "enforce"}, "login_case": "warn"},
                      "listeners": [{"protocol": "imap", "address": "127.0.0.1:143"}], "hooks": {}}) == """\
hostname: mail.old.example
log: { level: info }
policy:
  sender_binding: { envelope: enforce }
  login_case: warn
listeners:
  - { protocol: imap, address: "127.0.0.1:143" }
hooks: {}
"""
