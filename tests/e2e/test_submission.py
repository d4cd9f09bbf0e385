"""Logged-in clients hand in mail; their own account's domain picks the server."""

import base64
import smtplib
import subprocess

import pytest

from support.clients import new_message
from support.dialogue import SmtpDialogue, plain
from support.waiting import wait_until

SIDES = {"anna@example.org": "old", "bert@example.net": "old", "carla@example.com": "new"}


@pytest.mark.parametrize("implicit", [True, False], ids=["implicit", "starttls"])
@pytest.mark.parametrize("login", SIDES)
def test_smtplib_sends_to_the_own_domain(proxy, pair, login, implicit):
    account = pair.account(login)
    message = new_message(login, login)
    with proxy.clients.submission(account, implicit) as client:
        client.send_message(message)
    stored = pair.wait_for_message(SIDES[login], login, message["Message-ID"])
    assert b"mail.old.example" in stored  # our Received line
    assert pair.where(message["Message-ID"], login) == {"old": 0, "new": 0} | {SIDES[login]: 1}


@pytest.mark.parametrize("legs", [("none", "none"), ("starttls", "starttls"), ("implicit", "implicit")],
                         ids=lambda legs: legs[0])
def test_every_kind_of_backend_leg(start_proxy, pair, legs):
    proxy = start_proxy(submission=legs)
    for login, side in SIDES.items():
        message = new_message(login, login)
        with proxy.clients.submission(pair.account(login)) as client:
            client.send_message(message)
        pair.wait_for_message(side, login, message["Message-ID"])


@pytest.mark.parametrize("login", SIDES)
def test_mail_to_the_world_leaves_by_the_own_server(proxy, pair, login):
    message = new_message(login, "friend@elsewhere.example")
    with proxy.clients.submission(pair.account(login)) as client:
        client.send_message(message)

    def arrived():
        return [mail for mail in pair.sink.delivered if message["Message-ID"].encode() in mail.content]

    mail = wait_until(arrived, "the message in the sink", 30)[0]
    assert mail.reverse_path == login
    assert f"by {SIDES[login]}.example".encode() in mail.content


def test_a_recipient_on_the_other_side_never_lands_in_its_dead_mailbox(proxy, pair):
    message = new_message("anna@example.org", "carla@example.com")
    with proxy.clients.submission(pair.account("anna@example.org")) as client:
        client.send_message(message)
    pair.wait_for_message("new", "carla@example.com", message["Message-ID"])
    assert pair.where(message["Message-ID"], "carla@example.com") == {"old": 0, "new": 1}


def test_recipients_on_both_sides_are_split_or_deferred_never_misplaced(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.submission_dialogue(anna)
    mail, own, other = dialogue.begin(anna.login, "bert@example.net", "carla@example.com")
    assert (mail.code, own.code) == (250, 250)
    assert other.code in (451, 452), other
    message = new_message(anna.login, "bert@example.net")
    assert dialogue.content(message.as_bytes().replace(b"\n", b"\r\n")).code == 250
    pair.wait_for_message("old", "bert@example.net", message["Message-ID"])
    assert pair.where(message["Message-ID"], "carla@example.com") == {"old": 0, "new": 0}


def test_wrong_password_keeps_the_connection(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.submission_dialogue()
    refused = dialogue.auth_plain(anna.login, "guess")
    assert (refused.code, refused.enhanced) == (535, "5.7.8")
    assert dialogue.auth_plain(anna.login, anna.password).code == 235


@pytest.mark.parametrize("form", ["plain", "plain-ir", "login", "login-ir"])
@pytest.mark.parametrize("login", ["Max.Muster@example.org", "carla@example.com"])
def test_every_form_of_auth(proxy, pair, login, form):
    account = pair.account(login)
    user = base64.b64encode(login.encode()).decode()
    password = base64.b64encode(account.password.encode()).decode()
    dialogue = proxy.clients.submission_dialogue()
    assert {"PLAIN", "LOGIN"} <= set(dialogue.features["AUTH"].split())
    if form == "plain-ir":
        reply = dialogue.auth_plain(login, account.password)
    elif form == "plain":
        assert dialogue.ask("AUTH PLAIN").code == 334
        reply = dialogue.ask(plain(login, account.password))
    else:
        reply = dialogue.ask("AUTH LOGIN" + (f" {user}" if form == "login-ir" else ""))
        assert reply.code == 334
        if form == "login":
            reply = dialogue.ask(user)
            assert reply.code == 334
        reply = dialogue.ask(password)
    assert reply.code == 235, reply
    assert dialogue.begin(login, login)[1].code == 250


def test_auth_cancelled(proxy, pair):
    dialogue = proxy.clients.submission_dialogue()
    assert dialogue.ask("AUTH PLAIN").code == 334
    assert dialogue.ask("*").code == 501
    anna = pair.account("anna@example.org")
    assert dialogue.auth_plain(anna.login, anna.password).code == 235


def test_mail_before_auth_is_refused(proxy):
    dialogue = proxy.clients.submission_dialogue()
    reply = dialogue.ask("MAIL FROM:<anna@example.org>")
    assert (reply.code, reply.enhanced) == (530, "5.7.0")


def test_the_usual_verbs(proxy, pair):
    dialogue = proxy.clients.submission_dialogue(pair.account("anna@example.org"))
    assert {"PIPELINING", "ENHANCEDSTATUSCODES", "SIZE", "8BITMIME"} <= set(dialogue.features)
    assert int(dialogue.features["SIZE"]) == 64000000
    assert dialogue.ask("NOOP").code == 250
    assert dialogue.ask("VRFY anna").code == 252
    assert dialogue.ask("MAIL FROM:<anna@example.org> SIZE=100 BODY=8BITMIME AUTH=<>").code == 250
    assert dialogue.ask("RCPT TO:<bert@example.net>").code == 250
    assert dialogue.ask("RSET").code == 250
    assert dialogue.ask("DATA").code == 503
    assert dialogue.ask("MAIL FROM:<anna@example.org> SIZE=99999999").code == 552
    assert dialogue.ask("QUIT").code == 221


def test_pipelined_envelope(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.submission_dialogue(anna)
    message = new_message(anna.login, anna.login)
    dialogue.say("MAIL FROM:<anna@example.org>", "RCPT TO:<anna@example.org>", "RCPT TO:<bert@example.net>", "DATA")
    assert [dialogue.reply().code for _ in range(4)] == [250, 250, 250, 354]
    dialogue.say_raw(message.as_bytes().replace(b"\n", b"\r\n") + b".\r\nQUIT\r\n")
    assert [dialogue.reply().code for _ in range(2)] == [250, 221]
    for login in ("anna@example.org", "bert@example.net"):
        pair.wait_for_message("old", login, message["Message-ID"])


def test_several_messages_in_one_session(proxy, pair):
    carla = pair.account("carla@example.com")
    messages = [new_message(carla.login, carla.login) for _ in range(5)]
    with proxy.clients.submission(carla) as client:
        for message in messages:
            client.send_message(message)
    for message in messages:
        pair.wait_for_message("new", carla.login, message["Message-ID"])


def test_an_unknown_recipient_gets_the_backends_own_answer(proxy, pair):
    anna = pair.account("anna@example.org")
    with proxy.clients.submission(anna) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.sendmail(anna.login, ["unknown@example.org"], "Subject: x\r\n\r\nx\r\n")
    assert refused.value.recipients["unknown@example.org"][0] == 550


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_swaks(proxy, pair, mechanism):
    bert = pair.account("bert@example.net")
    message = new_message(bert.login, bert.login)
    done = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{proxy.ports['submission']}", "--tls", "--helo", "client.example",
         "--auth", mechanism, "--auth-user", bert.login, "--auth-password", bert.password,
         "--from", bert.login, "--to", bert.login, "--data", "-"],
        input=message.as_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stdout.decode(errors="replace")
    pair.wait_for_message("old", bert.login, message["Message-ID"])


def test_helo_works_too(proxy, pair):
    dialogue = SmtpDialogue(proxy.ports["submissions"], proxy.clients.context)
    assert dialogue.ask("HELO client.example").code == 250
