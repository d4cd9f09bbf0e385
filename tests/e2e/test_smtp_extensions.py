"""SMTPUTF8, internationalised domains, DSN and SIZE pass through, or are not offered at all."""

import email

import pytest

from support.accounts import Account
from support.clients import new_message
from support.fake_smtp import FEATURES, FakeSmtp
from support.mail_pair import ACCOUNTS, MailPair
from support.proxy_settings import clear_backend
from support.waiting import wait_until

SENDER = "friend@elsewhere.example"
A_LABEL, U_LABEL = "xn--mller-kva.example", "müller.example"
LETTER = b"Subject: x\r\n\r\nx\r\n"


def octets(text: str) -> str:
    """As a `Peer` spells the UTF-8 octets of `text`."""
    return text.encode().decode("latin-1")


class Fake(FakeSmtp):
    domains = (*FakeSmtp.domains, "@" + A_LABEL, "@" + A_LABEL.upper(), octets("@" + U_LABEL), octets("@MÜLLER.example"))


@pytest.fixture(scope="module")
def pair():
    """With an account of an internationalised domain."""
    with MailPair((*ACCOUNTS, Account(f"ida@{A_LABEL}", "ida's secret"))) as running:
        yield running


def without(*keywords: str) -> tuple[str, ...]:
    return tuple(feature for feature in FEATURES if feature.split()[0] not in keywords)


@pytest.mark.parametrize("written", [A_LABEL, U_LABEL, "MÜLLER.Example"])
@pytest.mark.parametrize("asked", [A_LABEL, A_LABEL.upper(), U_LABEL, "MÜLLER.example"])
def test_either_spelling_of_a_domain_finds_its_route(start_between, written, asked):
    with Fake() as old, Fake() as new:
        proxy = start_between(clear_backend(smtp=old.port), clear_backend(smtp=new.port),
                              routes={"example.org": "old", written: "new"})
        dialogue = proxy.clients.smtp_dialogue()
        assert dialogue.ask(f"MAIL FROM:<{SENDER}> SMTPUTF8").code == 250
        assert dialogue.ask(octets(f"RCPT TO:<ida@{asked}>")).code == 250
        assert dialogue.content(LETTER).code == 250
        wait_until(lambda: new.taken, "the message")
        assert new.taken[0].forward_paths == [octets(f"ida@{asked}")]
        assert old.taken == []


def test_an_internationalised_domain_on_a_real_server(start_proxy, pair):
    proxy = start_proxy(routes={"example.org": "old", U_LABEL: "new"})
    message = new_message(SENDER, f"ida@{A_LABEL}")
    with proxy.clients.port25() as client:
        client.send_message(message)
    pair.wait_for_message("new", f"ida@{A_LABEL}", message["Message-ID"])
    ida = pair.account(f"ida@{A_LABEL}")
    reply = new_message(ida.login, "anna@example.org")
    with proxy.clients.submission(ida) as client:
        client.send_message(reply)
    pair.wait_for_message("old", "anna@example.org", reply["Message-ID"])
    proxy.flip(U_LABEL, "old")
    message = new_message(SENDER, f"ida@{A_LABEL}")
    with proxy.clients.port25() as client:
        client.send_message(message)
    pair.wait_for_message("old", f"ida@{A_LABEL}", message["Message-ID"])


def test_an_address_in_utf8_leaves_by_a_real_server(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.submission_dialogue(anna)
    assert "SMTPUTF8" in dialogue.features
    assert dialogue.ask(f"MAIL FROM:<{anna.login}> BODY=8BITMIME SMTPUTF8").code == 250
    assert dialogue.ask(octets("RCPT TO:<jürgen@größe.example>")).code == 250
    message = new_message(anna.login, "x@y.example")
    head = f"From: {anna.login}\r\nTo: jürgen@größe.example\r\nMessage-ID: {message['Message-ID']}\r\n\r\n"
    assert dialogue.content(head.encode() + "Grüße\r\n".encode()).code == 250
    mail = wait_until(lambda: [mail for mail in pair.sink.delivered
                               if message["Message-ID"].encode() in mail.content], "the message in the sink", 60)[0]
    assert mail.forward_paths == ("jürgen@größe.example",)
    assert b"with UTF8SMTPSA" in mail.content


def test_an_address_in_utf8_needs_smtputf8(proxy):
    dialogue = proxy.clients.smtp_dialogue()
    assert dialogue.ask(octets("MAIL FROM:<jürgen@elsewhere.example>")).code == 553
    assert dialogue.ask(f"MAIL FROM:<{SENDER}>").code == 250
    reply = dialogue.ask(octets("RCPT TO:<änna@example.org>"))
    assert (reply.code, reply.enhanced) == (553, "5.6.7")
    assert dialogue.ask("RCPT TO:<anna@example.org>").code == 250


def test_a_delivery_report_names_what_the_client_asked_for(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.submission_dialogue(anna)
    assert "DSN" in dialogue.features
    assert dialogue.ask(f"MAIL FROM:<{anna.login}> RET=HDRS ENVID=QQ+2B314159").code == 250
    assert dialogue.ask("RCPT TO:<bert@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob+40a").code == 250
    message = new_message(anna.login, "bert@example.net")
    assert dialogue.content(message.as_bytes().replace(b"\n", b"\r\n")).code == 250
    pair.wait_for_message("old", "bert@example.net", message["Message-ID"])

    def report():
        for content in pair.old.messages(anna.login):
            parsed = email.message_from_bytes(content)
            if parsed.get_content_type() == "multipart/report" and b"QQ+314159" in content:
                return content
        return None

    content = wait_until(report, "the delivery report", 60)
    assert b"Action: delivered" in content or b"Action: relayed" in content
    assert b"bob@a" in content


@pytest.mark.parametrize("listener", ["smtp", "submission"])
def test_parameters_reach_the_backend_as_they_were_said(start_between, listener):
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(smtp=fake.port, submission=fake.port), clear_backend())
        dialogue = proxy.clients.smtp_dialogue() if listener == "smtp" else proxy.clients.submission_dialogue()
        if listener == "submission":
            assert dialogue.auth_plain("anna@example.org", "secret").code == 235
        # The other side is away: nothing can be promised.
        assert not {"DSN", "SMTPUTF8", "8BITMIME", "SIZE"} & set(dialogue.features)
        assert dialogue.ask("MAIL FROM:<anna@example.org> RET=FULL").code == 555
    with FakeSmtp() as fake:
        proxy = start_between(*[clear_backend(smtp=fake.port, submission=fake.port)] * 2)
        dialogue = proxy.clients.smtp_dialogue() if listener == "smtp" else proxy.clients.submission_dialogue()
        if listener == "submission":
            assert dialogue.auth_plain("anna@example.org", "secret").code == 235
            assert dialogue.ask("MAIL FROM:<anna@example.org> AUTH=<>").code == 250
            assert dialogue.ask("RSET").code == 250
        mail = "SIZE=17 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=a+2Bb"
        rcpt = "NOTIFY=DELAY,FAILURE ORCPT=rfc822;anna@example.org"
        assert dialogue.ask(f"MAIL FROM:<anna@example.org> {mail}").code == 250
        assert dialogue.ask(f"RCPT TO:<anna@example.org> {rcpt}").code == 250
        assert dialogue.content(LETTER).code == 250
        wait_until(lambda: fake.taken, "the message")
        assert fake.taken[-1].parameters == [mail, rcpt]


@pytest.mark.parametrize("parameter", ["RET=BODY", "RET", "ENVID=a+b", "ENVID=" + "x" * 101, "RET=FULL RET=FULL",
                                       "SIZE=x", "BODY=BINARYMIME", "AUTH=a+b", "SMTPUTF8=1", "FOO=BAR"])
def test_a_bad_parameter_is_refused_at_mail(proxy, pair, parameter):
    dialogue = proxy.clients.submission_dialogue(pair.account("anna@example.org"))
    assert dialogue.ask(f"MAIL FROM:<anna@example.org> {parameter}").code in (501, 555)
    assert dialogue.ask("MAIL FROM:<anna@example.org>").code == 250


@pytest.mark.parametrize("parameter", ["NOTIFY=NEVER,SUCCESS", "NOTIFY=ALWAYS", "NOTIFY", "ORCPT=anna@example.org",
                                       "ORCPT=rfc822;a+b", "ORCPT=rfc822;" + "x" * 500])
def test_a_bad_parameter_is_refused_at_rcpt(proxy, parameter):
    dialogue = proxy.clients.smtp_dialogue()
    assert dialogue.ask(f"MAIL FROM:<{SENDER}>").code == 250
    assert dialogue.ask(f"RCPT TO:<anna@example.org> {parameter}").code in (501, 555)
    assert dialogue.ask("RCPT TO:<anna@example.org>").code == 250


@pytest.mark.parametrize("lost, mail, rcpt", [("8BITMIME", "BODY=8BITMIME", ""), ("SMTPUTF8", "SMTPUTF8", ""),
                                              ("DSN", "ENVID=x", ""), ("DSN", "", "NOTIFY=NEVER")])
def test_an_extension_lost_after_it_was_promised_is_temporary(start_between, lost, mail, rcpt):
    with FakeSmtp() as fake:
        proxy = start_between(*[clear_backend(smtp=fake.port)] * 2)
        dialogue = proxy.clients.smtp_dialogue()
        assert lost in dialogue.features
        fake.features = without(lost)
        assert dialogue.ask(f"MAIL FROM:<{SENDER}> {mail}".rstrip()).code == 250
        assert dialogue.ask(f"RCPT TO:<anna@example.org> {rcpt}".rstrip()).code == 451


def test_only_what_both_have_is_offered_and_the_smaller_size(start_between):
    with FakeSmtp(features=(*without("SIZE", "DSN"), "SIZE 5000")) as old, \
            FakeSmtp(features=(*without("SIZE", "SMTPUTF8"), "SIZE 4000")) as new:
        proxy = start_between(clear_backend(smtp=old.port), clear_backend(smtp=new.port))
        features = proxy.clients.smtp_dialogue().features
        assert {"PIPELINING", "CHUNKING", "ENHANCEDSTATUSCODES", "8BITMIME"} <= set(features)
        assert not {"DSN", "SMTPUTF8", "BINARYMIME"} & set(features)
        assert features["SIZE"] == "4000"
