"""An SMTP backend that misbehaves at each step: 4xx to whoever asked, within the budget, and nothing lost."""

import time

import pytest

from support import faults
from support.authority import Authority
from support.fake_smtp import FEATURES, FakeSmtp
from support.peer import Gone
from support.proxy_settings import clear_backend
from support.waiting import wait_until

BUDGETS = {"budgets": {"connect": "1s", "greeting": "1s"}, "limits": {"command": "2s"}}
PATIENCE = 12
SENDER = "friend@elsewhere.example"
CONTENT = b"Subject: x\r\nMessage-ID: <x@client.example>\r\n\r\nx\r\n"
# At the final dot silence is waited out for ten minutes, so only what ends at once is tried there.
SUDDEN = (faults.closes, faults.resets, faults.talks_nonsense)


@pytest.fixture
def tls(folder):
    authority = Authority(folder / "backend")
    return authority, authority.issue("127.0.0.1")


def delivery(start_between, fake, tls=None):
    old = clear_backend(smtp=fake.port)
    if tls:
        old["smtp"].update(tls="starttls", verify="full", ca=str(tls[0].ca))
    return start_between(old, clear_backend(), settings=BUDGETS)


def submission(start_between, fake, tls=None):
    old = clear_backend(submission=fake.port)
    if tls:
        old["submission"].update(tls="starttls", verify="full", ca=str(tls[0].ca))
    return start_between(old, clear_backend(), settings=BUDGETS)


def last_reply(dialogue, *forward_paths):
    """Goes on with a transaction until something isn't 2xx or 3xx; 421 stands for a closed connection."""
    began = time.monotonic()
    try:
        for command in (f"MAIL FROM:<{SENDER}>", *(f"RCPT TO:<{path}>" for path in forward_paths)):
            reply = dialogue.ask(command)
            if reply.code >= 400:
                return reply.code
        return dialogue.content(CONTENT).code
    finally:
        assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", ["greeting", "ehlo", "mail", "rcpt"])
def test_delivery_in_clear(start_between, step, fault):
    with FakeSmtp(faults={step: fault}) as fake:
        dialogue = delivery(start_between, fake).clients.smtp_dialogue()
        assert last_reply(dialogue, "anna@example.org") == 451
        assert dialogue.ask("NOOP").code == 250  # the client's session goes on
        assert fake.taken == []


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", ["starttls", "tls"])
def test_delivery_on_the_way_to_tls(start_between, tls, step, fault):
    with FakeSmtp(faults={step: fault}, start_tls=tls[1].server_context()) as fake:
        assert last_reply(delivery(start_between, fake, tls).clients.smtp_dialogue(), "anna@example.org") == 451


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
def test_delivery_at_data(start_between, fault):
    with FakeSmtp(faults={"data": fault}) as fake:
        dialogue = delivery(start_between, fake).clients.smtp_dialogue()
        assert last_reply(dialogue, "anna@example.org") in (421, 451)
        assert fake.taken == []


@pytest.mark.parametrize("fault", SUDDEN, ids=lambda fault: fault.__name__)
def test_delivery_at_the_final_dot(start_between, fault):
    """Whether it kept the message nobody knows: the sender must, so no 250."""
    with FakeSmtp(faults={"final": fault}) as fake:
        dialogue = delivery(start_between, fake).clients.smtp_dialogue()
        assert last_reply(dialogue, "anna@example.org") in (421, 451)


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", ["greeting", "ehlo", "auth"])
def test_submission_login(start_between, step, fault):
    with FakeSmtp(faults={step: fault}) as fake:
        dialogue = submission(start_between, fake).clients.submission_dialogue()
        began = time.monotonic()
        reply = dialogue.auth_plain("anna@example.org", "secret")
        assert (reply.code, reply.enhanced) == (454, "4.7.0")
        assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", ["starttls", "tls"])
def test_submission_on_the_way_to_tls_sends_no_password(start_between, tls, step, fault):
    with FakeSmtp(faults={step: fault}, start_tls=tls[1].server_context()) as fake:
        proxy = submission(start_between, fake, tls)
        assert proxy.clients.submission_dialogue().auth_plain("anna@example.org", "secret").code == 454
        assert fake.logins == []


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_submission_after_login(start_between, step, fault):
    with FakeSmtp(faults={step: fault}) as fake:
        dialogue = submission(start_between, fake).clients.submission_dialogue()
        assert dialogue.auth_plain("anna@example.org", "secret").code == 235
        try:
            code = last_reply(dialogue, "anna@example.org")
        except Gone:
            code = 421
        assert code in (421, 451), code
        assert fake.taken == []


@pytest.mark.parametrize("greeting", ["554 no service", "421 busy", "* OK IMAP4rev1", "", "220"])
def test_a_wrong_greeting(start_between, greeting):
    with FakeSmtp(greeting=greeting) as fake:
        code = last_reply(delivery(start_between, fake).clients.smtp_dialogue(), "anna@example.org")
        assert code == (250 if greeting == "220" else 451)


def test_starttls_that_is_not_offered(start_between, tls):
    with FakeSmtp() as fake:
        proxy = submission(start_between, fake, tls)
        assert proxy.clients.submission_dialogue().auth_plain("anna@example.org", "secret").code == 454
        assert fake.logins == []


@pytest.mark.parametrize("offered", ["AUTH PLAIN", "AUTH LOGIN", "AUTH LOGIN PLAIN"])
@pytest.mark.parametrize("password", ["with space", "ümläut %\\\"", "x" * 300])
def test_a_backend_gets_the_mechanism_it_offers(start_between, offered, password):
    features = tuple(feature for feature in FEATURES if not feature.startswith("AUTH")) + (offered,)
    with FakeSmtp(password=password.encode().decode("latin-1"), features=features) as fake:
        reply = submission(start_between, fake).clients.submission_dialogue().auth_plain("anna@example.org", password)
        assert reply.code == 235
        assert fake.logins == [("anna@example.org", password.encode().decode("latin-1"))]


def test_no_auth_offered_is_temporary(start_between):
    features = tuple(feature for feature in FEATURES if not feature.startswith("AUTH"))
    with FakeSmtp(features=features) as fake:
        proxy = submission(start_between, fake)
        assert proxy.clients.submission_dialogue().auth_plain("anna@example.org", "secret").code == 454


@pytest.mark.parametrize("code", [450, 451, 452, 550, 552, 553])
def test_a_recipients_refusal_is_passed_on(start_between, code):
    text = f"{code} {str(code)[0]}.1.1 for a reason"
    with FakeSmtp(faults={"rcpt": lambda peer: peer.say(text)}) as fake:
        dialogue = delivery(start_between, fake).clients.smtp_dialogue()
        assert dialogue.begin(SENDER, "anna@example.org")[1].code == code


@pytest.mark.parametrize("code", [451, 452, 550, 552, 554])
def test_the_contents_refusal_is_passed_on(start_between, code):
    text = f"{code} {str(code)[0]}.6.0 for a reason"
    with FakeSmtp(faults={"final": lambda peer: peer.say(text)}) as fake:
        dialogue = delivery(start_between, fake).clients.smtp_dialogue()
        assert last_reply(dialogue, "anna@example.org") == code
        assert dialogue.ask("NOOP").code == 250


def test_421_in_the_middle_of_a_transaction(start_between):
    def leave(peer):
        peer.say("421 4.3.2 shutting down")
        raise Gone("fault")

    with FakeSmtp(faults={"rcpt": leave}) as fake:
        dialogue = delivery(start_between, fake).clients.smtp_dialogue()
        assert dialogue.begin(SENDER, "anna@example.org")[1].code in (421, 451)


def test_two_hundred_and_fifty_is_said_only_after_the_backend(start_between):
    """The backend has the whole message and says no: it is no, and it was asked first."""
    seen = []

    def final(peer):
        seen.append("asked")
        peer.say("451 4.3.0 disk full")

    with FakeSmtp(faults={"final": final}) as fake:
        dialogue = delivery(start_between, fake).clients.smtp_dialogue()
        assert last_reply(dialogue, "anna@example.org") == 451
        assert seen == ["asked"] and fake.taken == []


def test_a_client_that_leaves_before_the_final_dot_leaves_no_message(start_between):
    with FakeSmtp() as fake:
        dialogue = delivery(start_between, fake).clients.smtp_dialogue()
        dialogue.begin(SENDER, "anna@example.org")
        assert dialogue.ask("DATA").code == 354
        dialogue.say_raw(b"Subject: half\r\n\r\nhalf a mess")
        dialogue.close()
        wait_until(lambda: all(peer.is_finished for peer in fake.peers), "the backend's connections to end")
        assert fake.taken == [] and fake.seen_data == []
