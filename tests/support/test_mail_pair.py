"""The pair of real servers works without the proxy; what fails here is not the proxy's fault."""

import imaplib
import smtplib

import pytest

from support.clients import (ImapOverTls, ImapWithStartTls, SmtpOverTls, SmtpWithStartTls, new_message,
                             server_reached)
from support.mail_pair import MailPair
from support.waiting import wait_until


@pytest.fixture(scope="module")
def pair():
    with MailPair() as running:
        yield running


@pytest.fixture(params=["old", "new"])
def server(request, pair):
    return pair.server(request.param)


def test_imap_over_tls_reaches_each_mailbox(pair, server):
    for account in pair.accounts:
        client = ImapOverTls(server.dovecot.imaps_port, pair.authority.client_context(), server.host)
        client.authenticate("PLAIN", lambda _: f"\0{account.login}\0{account.password}".encode())
        assert server_reached(client) == server.name
        client.logout()


def test_imap_with_starttls_stores_and_fetches(pair, server):
    anna = pair.accounts[0]
    client = ImapWithStartTls(server.dovecot.imap_port).encrypt(pair.authority.client_context(), server.host)
    client.login(anna.login, anna.password)
    text = b"Subject: kept\r\n\r\nbody\r\n"
    assert client.append("INBOX", None, None, text)[0] == "OK"
    client.select("INBOX")
    status, found = client.search(None, "SUBJECT", "kept")
    assert status == "OK"
    assert client.fetch(found[0].split()[-1], "BODY.PEEK[]")[1][0][1] == text


def test_only_the_old_server_folds_the_case_of_logins(pair):
    anna = pair.accounts[0]
    shouted = anna.login.upper()

    def login(server):
        client = ImapOverTls(server.dovecot.imaps_port, pair.authority.client_context(), server.host)
        client.login(shouted, anna.password)

    login(pair.old)
    with pytest.raises(imaplib.IMAP4.error):
        login(pair.new)


@pytest.mark.parametrize("implicit", [True, False])
def test_submission_lets_a_user_send_as_anybody_and_delivers(pair, server, implicit):
    anna, bert = pair.account("anna@example.org"), pair.account("bert@example.net")
    context = pair.authority.client_context()
    client = (SmtpOverTls(server.postfix.submissions_port, context, server.host) if implicit
              else SmtpWithStartTls(server.postfix.submission_port).encrypt(context, server.host))
    client.login(anna.login, anna.password)
    message = new_message("carla@example.com", bert.login)
    client.send_message(message)
    pair.wait_for_message(server.name, bert.login, message["Message-ID"])


def test_submission_to_the_world_ends_in_the_sink(pair, server):
    anna = pair.accounts[0]
    client = SmtpOverTls(server.postfix.submissions_port, pair.authority.client_context(), server.host)
    client.login(anna.login, anna.password)
    message = new_message(anna.login, "friend@elsewhere.example")
    before = len(pair.sink.delivered)
    client.send_message(message)
    wait_until(lambda: len(pair.sink.delivered) > before, "mail in the sink")
    assert message["Message-ID"].encode() in pair.sink.delivered[-1].content


def test_port_25_delivers_to_mailbox_alias_detail_and_catch_all(pair, server):
    for recipient, mailbox in {"anna@example.org": "anna@example.org",
                               "info@example.org": "anna@example.org",
                               "Max.Muster+lists@example.org": "max.muster@example.org",
                               "nobody-knows@example.net": "everything@example.net"}.items():
        message = new_message("friend@elsewhere.example", recipient)
        with SmtpWithStartTls(server.postfix.smtp_port) as client:
            client.send_message(message)
        pair.wait_for_message(server.name, mailbox, message["Message-ID"])
        assert pair.where(message["Message-ID"], mailbox)[server.name] == 1


@pytest.mark.parametrize("recipient", ["unknown@example.org", "friend@elsewhere.example"])
def test_port_25_refuses_the_unknown_and_the_foreign(server, recipient):
    with SmtpWithStartTls(server.postfix.smtp_port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(new_message("friend@elsewhere.example", recipient))


def test_a_server_stopped_and_resumed_keeps_its_mail(pair):
    message = new_message("friend@elsewhere.example", "carla@example.com")
    with SmtpWithStartTls(pair.old.postfix.smtp_port) as client:
        client.send_message(message)
    pair.wait_for_message("old", "carla@example.com", message["Message-ID"])
    pair.old.stop()
    pair.old.resume()
    assert pair.where(message["Message-ID"], "carla@example.com") == {"old": 1, "new": 0}
