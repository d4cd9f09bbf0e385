"""Real IMAP clients log in through the proxy and reach the server their domain's route names."""

import base64
import imaplib
import subprocess

import pytest

from support.clients import server_reached
from support.dialogue import ImapDialogue, plain
from support.fake_imap import FakeImap
from support.mail_pair import ACCOUNTS
from support.proxy_settings import clear_backend
from support.waiting import wait_until

ROUTES = {"example.org": "old", "example.net": "old", "example.com": "new"}


@pytest.mark.parametrize("implicit", [True, False], ids=["implicit", "starttls"])
@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda a: a.login)
def test_imaplib_reaches_the_routes_side(proxy, account, implicit):
    client = proxy.clients.imap(account, implicit)
    assert server_reached(client) == ROUTES[account.domain]
    assert client.logout()[0] == "BYE"


@pytest.mark.parametrize("legs", [("none", "none"), ("starttls", "starttls"), ("implicit", "implicit")],
                         ids=lambda legs: legs[0])
def test_every_kind_of_backend_leg(start_proxy, pair, legs):
    proxy = start_proxy(imap=legs)
    for login in ("anna@example.org", "carla@example.com"):
        account = pair.account(login)
        assert server_reached(proxy.clients.imap(account)) == ROUTES[account.domain]


def _literal(text: str) -> str:
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("login", ["anna@example.org", "Max.Muster@example.org", "carla@example.com"])
@pytest.mark.parametrize("form", ["quoted", "literal", "literal+", "plain", "plain-ir", "login", "login-ir"])
def test_every_form_of_login(proxy, pair, login, form):
    account = pair.account(login)
    user, password = account.login, _literal(account.password)
    dialogue = proxy.clients.imap_dialogue()
    encoded_user = base64.b64encode(user.encode()).decode()
    encoded_password = base64.b64encode(account.password.encode()).decode()
    if form == "quoted":
        answer = dialogue.login(user, account.password)
    elif form == "literal":
        tag = dialogue.send(f"LOGIN {{{len(user)}}}")
        assert dialogue.line().startswith("+")
        dialogue.say(f"{user} {{{len(password)}}}")
        assert dialogue.line().startswith("+")
        dialogue.say(password)
        answer = dialogue.until_tagged(tag)[-1]
    elif form == "literal+":
        assert "LITERAL+" in dialogue.capabilities()
        tag = dialogue.send(f"LOGIN {{{len(user)}+}}\r\n{user} {{{len(password)}+}}\r\n{password}")
        answer = dialogue.until_tagged(tag)[-1]
    elif form == "plain-ir":
        assert "SASL-IR" in dialogue.capabilities()
        answer = dialogue.ask(f"AUTHENTICATE PLAIN {plain(user, account.password)}")[-1]
    elif form == "plain":
        tag = dialogue.send("AUTHENTICATE PLAIN")
        assert dialogue.line().startswith("+")
        dialogue.say(plain(user, account.password))
        answer = dialogue.until_tagged(tag)[-1]
    else:
        tag = dialogue.send("AUTHENTICATE LOGIN" + (f" {encoded_user}" if form == "login-ir" else ""))
        if form == "login":
            assert dialogue.line().startswith("+")
            dialogue.say(encoded_user)
        assert dialogue.line().startswith("+")
        dialogue.say(encoded_password)
        answer = dialogue.until_tagged(tag)[-1]
    assert answer.startswith("OK"), answer
    assert dialogue.ask("SELECT INBOX")[-1].startswith("OK")


def test_login_with_atoms(start_between):
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(imap=fake.port))
        dialogue = proxy.clients.imap_dialogue()
        assert dialogue.ask("LOGIN anna@example.org secret")[-1].startswith("OK")
        wait_until(lambda: fake.logins == [("anna@example.org", "secret")], "the replayed login")


def test_wrong_password_is_told_and_may_be_tried_again(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.imap_dialogue()
    answer = dialogue.login(anna.login, "guess")
    assert answer.startswith("NO [AUTHENTICATIONFAILED]"), answer
    assert dialogue.login(anna.login, anna.password).startswith("OK")


def test_a_cancelled_exchange_keeps_the_connection(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.imap_dialogue()
    tag = dialogue.send("AUTHENTICATE PLAIN")
    assert dialogue.line().startswith("+")
    dialogue.say("*")
    assert dialogue.until_tagged(tag)[-1].startswith("BAD")
    assert dialogue.login(anna.login, anna.password).startswith("OK")


def test_commands_pipelined_behind_the_login_are_answered(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.imap_dialogue()
    dialogue.say_raw(f'x1 LOGIN "{anna.login}" "{anna.password}"\r\nx2 SELECT INBOX\r\nx3 NOOP\r\n'.encode())
    for tag in ("x1", "x2", "x3"):
        assert dialogue.until_tagged(tag)[-1].startswith("OK")


def test_before_login_every_listed_capability_works(proxy):
    dialogue = proxy.clients.imap_dialogue()
    listed = dialogue.capabilities()
    assert {"IMAP4rev1", "SASL-IR", "ID", "AUTH=PLAIN", "IDLE", "ENABLE"} <= listed, listed
    assert not {"STARTTLS", "LOGINDISABLED", "UNAUTHENTICATE", "LOGIN-REFERRALS"} & listed, listed
    assert dialogue.ask('ID ("name" "test")')[-1].startswith("OK")
    assert dialogue.ask("NOOP")[-1].startswith("OK")
    assert dialogue.ask("LOGOUT")[-1].startswith("OK")


def test_after_login_the_backends_own_capabilities_are_told(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.imap_dialogue()
    lines = dialogue.ask(f"AUTHENTICATE PLAIN {plain(anna.login, anna.password)}")
    told = " ".join(lines)
    assert "CAPABILITY" in told and "NAMESPACE" in told, lines  # NAMESPACE is Dovecot's, after login


def test_unknown_verbs_and_broken_lines_do_not_end_the_service(proxy, pair):
    dialogue = proxy.clients.imap_dialogue()
    assert dialogue.ask("XYZZY")[-1].startswith("BAD")
    assert dialogue.ask("SELECT INBOX")[-1].startswith(("BAD", "NO"))
    anna = pair.account("anna@example.org")
    assert dialogue.login(anna.login, anna.password).startswith("OK")


def test_a_login_nobody_has_heard_of_fails_like_a_wrong_password(proxy, pair):
    answers = [proxy.clients.imap_dialogue().login(*words) for words in
               (("anna@example.org", "guess"), ("nobody@example.org", "guess"))]
    assert answers[0] == answers[1]
    with pytest.raises(imaplib.IMAP4.error):
        proxy.clients.imap().login("nobody@example.org", "anna's secret")


def test_an_unlisted_domain_follows_default(start_proxy, pair):
    routes = {"example.net": "old", "example.com": "new"}
    anna = pair.account("anna@example.org")
    assert server_reached(start_proxy(routes=routes, default="old").clients.imap(anna)) == "old"
    assert server_reached(start_proxy(routes=routes, default="new").clients.imap(anna)) == "new"
    refusing = start_proxy(routes=routes, default="refuse")
    assert refusing.clients.imap_dialogue().login(anna.login, anna.password).startswith("NO [AUTHENTICATIONFAILED]")


@pytest.mark.parametrize("implicit", [True, False], ids=["implicit", "starttls"])
def test_mbsync_copies_a_mailbox(proxy, pair, folder, implicit):
    carla = pair.account("carla@example.com")
    client = proxy.clients.imap(carla)
    texts = {f"Subject: letter {n}\r\n\r\nbody {n}\r\n".encode() for n in range(20)}
    for text in texts:
        assert client.append("INBOX", None, None, text)[0] == "OK"
    (folder / "mail").mkdir()
    (folder / "mbsyncrc").write_text(f"""
IMAPAccount there
Host localhost
Port {proxy.ports["imaps" if implicit else "imap"]}
User {carla.login}
Pass "{carla.password}"
SSLType {"IMAPS" if implicit else "STARTTLS"}
CertificateFile {pair.authority.ca}
PipelineDepth 10

IMAPStore far
Account there

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX

Channel all
Far :far:
Near :near:
Create Near
SyncState *
""")
    done = subprocess.run(["mbsync", "-c", folder / "mbsyncrc", "all"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    copied = {path.read_bytes().replace(b"\r\n", b"\n").partition(b"body")[2].strip()
              for path in (folder / "mail" / "INBOX").glob("*/*")}
    assert {text.partition(b"body")[2].strip() for text in texts} <= copied


def test_imap_in_clear_then_starttls_by_hand(proxy, pair):
    dialogue = ImapDialogue(proxy.ports["imap"])
    assert "STARTTLS" in dialogue.capabilities()
    dialogue.upgrade(proxy.clients.context)
    assert "STARTTLS" not in dialogue.capabilities()
    anna = pair.account("anna@example.org")
    assert dialogue.login(anna.login, anna.password).startswith("OK")
