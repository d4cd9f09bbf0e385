"""Every way to log in, toward backends of every kind: what the client sends is what the backend gets."""

import base64
import json

import pytest

from support.clients import server_reached
from support.fake_imap import FakeImap
from support.fake_mail_server import FakeMailServer
from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend
from support.tokens import MESSAGES, oauthbearer, token_for, xoauth2
from support.waiting import wait_until

SIDES = {"anna@example.org": "old", "carla@example.com": "new"}
LAST_ANSWERS = {"XOAUTH2": "", "OAUTHBEARER": "AQ=="}  # what a client says to the error
EVERY_OCTET = bytes(range(1, 256)).decode("latin-1")


def status_in(challenge: str) -> str:
    return json.loads(base64.b64decode(challenge))["status"]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode("latin-1")).decode()


@pytest.mark.parametrize("mechanism", MESSAGES)
@pytest.mark.parametrize("at_once", [True, False], ids=["initial", "asked"])
@pytest.mark.parametrize("login", SIDES)
def test_a_token_reaches_the_users_own_server_by_imap(proxy, login, mechanism, at_once):
    client = proxy.clients.imap()
    assert f"AUTH={mechanism}" in client.capabilities
    message = MESSAGES[mechanism](login, token_for(login))
    if at_once:
        assert client._simple_command("AUTHENTICATE", mechanism, message)[0] == "OK"
        client.state = "AUTH"
    else:
        client.authenticate(mechanism, lambda _: base64.b64decode(message))
    assert server_reached(client) == SIDES[login]


@pytest.mark.parametrize("mechanism", MESSAGES)
@pytest.mark.parametrize("at_once", [True, False], ids=["initial", "asked"])
@pytest.mark.parametrize("login", SIDES)
def test_a_token_reaches_the_users_own_server_by_submission(proxy, login, mechanism, at_once):
    dialogue = proxy.clients.submission_dialogue()
    assert mechanism in dialogue.features["AUTH"].split()
    message = MESSAGES[mechanism](login, token_for(login))
    if at_once:
        reply = dialogue.ask(f"AUTH {mechanism} {message}")
    else:
        assert dialogue.ask(f"AUTH {mechanism}").code == 334
        reply = dialogue.ask(message)
    assert reply.code == 235, reply
    assert [reply.code for reply in dialogue.begin(login, login)] == [250, 250]


@pytest.mark.parametrize("login", SIDES)
def test_a_token_longer_than_a_commands_line(proxy, login):
    message = oauthbearer(login, token_for(login, groups=200))
    assert len(message) > 5000
    assert proxy.clients.imap_dialogue().ask(f"AUTHENTICATE OAUTHBEARER {message}")[-1].startswith("OK")
    assert proxy.clients.submission_dialogue().ask(f"AUTH OAUTHBEARER {message}").code == 235


@pytest.mark.parametrize("mechanism", MESSAGES)
@pytest.mark.parametrize("last", ["as the RFC says", "*"])
def test_a_refused_token_is_explained_and_the_connection_lives(proxy, pair, mechanism, last):
    anna = pair.account("anna@example.org")
    message = MESSAGES[mechanism](anna.login, token_for(anna.login, lifetime=-5))
    last_answer = last if last == "*" else LAST_ANSWERS[mechanism]
    imap = proxy.clients.imap_dialogue()
    tag = imap.send(f"AUTHENTICATE {mechanism} {message}")
    challenge = imap.line()
    assert challenge.startswith("+ ") and status_in(challenge[2:]) in ("401", "invalid_token"), challenge
    imap.say(last_answer)
    assert imap.until_tagged(tag)[-1].startswith("NO [AUTHENTICATIONFAILED]")
    assert imap.login(anna.login, anna.password).startswith("OK")
    submission = proxy.clients.submission_dialogue()
    told = submission.ask(f"AUTH {mechanism} {message}")
    assert told.code == 334 and status_in(told.lines[0]) in ("401", "invalid_token"), told
    refused = submission.ask(last_answer)
    assert (refused.code, refused.enhanced) == (535, "5.7.8")
    assert submission.auth_plain(anna.login, anna.password).code == 235


@pytest.mark.parametrize("message", [
    xoauth2("carla@example.com", token_for("anna@example.org")),  # somebody else's token
    xoauth2("Anna@example.org", token_for("anna@example.org")),  # another case than the table's
    xoauth2("nobody@example.org", token_for("nobody@example.org")),
    xoauth2("anna@example.org", token_for("anna@example.org", key=b"forged")),
    xoauth2("", token_for("anna@example.org")),
], ids=["foreign", "case", "unknown", "forged", "nobody"])
def test_whoever_may_not_log_in_hears_the_same(proxy, message):
    dialogue = proxy.clients.imap_dialogue()
    tag = dialogue.send(f"AUTHENTICATE XOAUTH2 {message}")
    assert status_in(dialogue.line()[2:])
    dialogue.say("")
    assert dialogue.until_tagged(tag) == ["NO [AUTHENTICATIONFAILED] Authentication failed."]


def test_a_token_for_another_name_there_is_respelled(start_between):
    """The account is `anna` on the old server: the token's message names her so."""
    heard = []

    def listen(peer):
        peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=OAUTHBEARER] ready")
        tag, _, rest = peer.line().partition(" ")
        if rest.startswith("AUTHENTICATE"):
            heard.append(base64.b64decode(rest.split()[2]).decode())
            peer.say(f"{tag} OK [CAPABILITY IMAP4rev1] in")
        peer.line()

    with FakeMailServer(listen) as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend())
        proxy.accounts_file.write_text("login,old_login\nanna@example.org,anna\n")
        proxy.write_settings({**proxy.settings, "accounts": {"csv": "accounts.csv"}})
        proxy.reload()
        message = oauthbearer("anna@example.org", "secret")
        assert proxy.clients.imap_dialogue().ask(f"AUTHENTICATE OAUTHBEARER {message}")[-1].startswith("OK")
        assert heard == ["n,a=anna,\1host=mail.old.example\1port=993\1auth=Bearer secret\1\1"]


def test_a_mechanism_that_one_backend_lacks_is_not_announced_and_never_a_wrong_password(start_between):
    with FakeImap(capability="IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2") as with_it, \
            FakeImap(capability="IMAP4rev1 SASL-IR AUTH=PLAIN") as without, \
            FakeSmtp(features=("AUTH PLAIN LOGIN",)) as smtp:
        proxy = start_between(clear_backend(imap=without.port, submission=smtp.port, smtp=smtp.port),
                              clear_backend(imap=with_it.port, submission=smtp.port, smtp=smtp.port))
        dialogue = proxy.clients.imap_dialogue()
        assert "AUTH=XOAUTH2" not in dialogue.capabilities()
        message = xoauth2("anna@example.org", "token")
        for _ in range(2):
            assert dialogue.ask(f"AUTHENTICATE XOAUTH2 {message}")[-1].startswith("NO [UNAVAILABLE]")
        submission = proxy.clients.submission_dialogue()
        assert submission.features["AUTH"] == "PLAIN LOGIN"
        for _ in range(2):
            assert submission.ask(f"AUTH XOAUTH2 {message}").code == 454
        assert without.logins == [] and smtp.logins == []


def test_status_names_what_ends_with_the_move(start_between):
    with FakeImap(capability="IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5 AUTH=XOAUTH2") as old_imap, \
            FakeImap(capability="IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5") as new_imap, \
            FakeSmtp(features=("AUTH PLAIN NTLM",)) as old_smtp, FakeSmtp(features=("AUTH PLAIN",)) as new_smtp:
        proxy = start_between(clear_backend(imap=old_imap.port, submission=old_smtp.port, smtp=old_smtp.port),
                              clear_backend(imap=new_imap.port, submission=new_smtp.port, smtp=new_smtp.port))

        def named(*words):
            return [line for line in proxy.status()["warnings"] if all(word in line for word in words)]

        wait_until(lambda: named("imap", "CRAM-MD5"), "the warning of CRAM-MD5")
        wait_until(lambda: named("imap", "XOAUTH2"), "the warning of XOAUTH2")
        wait_until(lambda: named("submission", "NTLM"), "the warning of NTLM")
        assert not named("PLAIN")
        assert "CRAM-MD5" in proxy.run("status").stdout


# Passwords

FORMS = ["literal", "literal+", "PLAIN", "PLAIN asked", "LOGIN", "LOGIN with name"]
OFFERS = ["SASL-IR AUTH=PLAIN", "AUTH=PLAIN", "LITERAL+", "LITERAL-", "", "LOGINDISABLED AUTH=LOGIN"]


@pytest.mark.parametrize("offer", OFFERS)
def test_every_octet_of_a_password_is_replayed_by_imap(start_between, offer):
    with FakeImap(capability=f"IMAP4rev1 {offer}".rstrip(), password=EVERY_OCTET) as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(imap=fake.port))
        for form in FORMS:
            answer = log_in_by_imap(proxy.clients.imap_dialogue(), form, "anna@example.org", EVERY_OCTET)
            assert answer.startswith("OK"), (form, answer)
        assert fake.logins == [("anna@example.org", EVERY_OCTET)] * len(FORMS)


def log_in_by_imap(dialogue, form: str, login: str, password: str) -> str:
    """The tagged answer."""
    if form.startswith("literal"):
        mark = "+" if form.endswith("+") else ""
        tag = dialogue.send(f"LOGIN {login} {{{len(password)}{mark}}}")
        if not mark:
            assert dialogue.line().startswith("+")
        dialogue.say(password)
    elif form.startswith("PLAIN"):
        message = encoded(f"\0{login}\0{password}")
        tag = dialogue.send("AUTHENTICATE PLAIN" + ("" if form.endswith("asked") else f" {message}"))
        if form.endswith("asked"):
            assert dialogue.line().startswith("+")
            dialogue.say(message)
    else:
        tag = dialogue.send("AUTHENTICATE LOGIN" + (f" {encoded(login)}" if form.endswith("name") else ""))
        if not form.endswith("name"):
            assert dialogue.line() == "+ VXNlcm5hbWU6"
            dialogue.say(encoded(login))
        assert dialogue.line() == "+ UGFzc3dvcmQ6"
        dialogue.say(encoded(password))
    return dialogue.until_tagged(tag)[-1]


@pytest.mark.parametrize("offer", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH=LOGIN"])
def test_every_octet_of_a_password_is_replayed_by_submission(start_between, offer):
    with FakeSmtp(features=(offer,), password=EVERY_OCTET) as fake:
        proxy = start_between(clear_backend(submission=fake.port), clear_backend(submission=fake.port))
        login = "anna@example.org"
        for form in ("PLAIN", "PLAIN asked", "LOGIN", "LOGIN with name"):
            dialogue = proxy.clients.submission_dialogue()
            message = encoded(f"\0{login}\0{EVERY_OCTET}")
            if form == "PLAIN":
                reply = dialogue.ask(f"AUTH PLAIN {message}")
            elif form == "PLAIN asked":
                assert dialogue.ask("AUTH PLAIN").code == 334
                reply = dialogue.ask(message)
            else:
                reply = dialogue.ask("AUTH LOGIN" + (f" {encoded(login)}" if form.endswith("name") else ""))
                if form == "LOGIN":
                    assert reply.lines == ("VXNlcm5hbWU6",)
                    reply = dialogue.ask(encoded(login))
                assert reply.lines == ("UGFzc3dvcmQ6",)
                reply = dialogue.ask(encoded(EVERY_OCTET))
            assert reply.code == 235, (form, reply)
        assert fake.logins == [(login, EVERY_OCTET)] * 4
