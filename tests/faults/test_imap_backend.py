"""An IMAP backend that misbehaves at each step: a temporary answer within the budget, never a wrong password."""

import time

import pytest

from support import faults
from support.authority import Authority
from support.fake_imap import CAPABILITY, FakeImap
from support.peer import Gone
from support.proxy_settings import clear_backend
from support.waiting import wait_until

BUDGETS = {"budgets": {"connect": "1s", "greeting": "1s"}, "limits": {"command": "2s"}}
PATIENCE = 12  # seconds; far above the budgets, far below a client's own


@pytest.fixture
def tls(folder):
    authority = Authority(folder / "backend")
    return authority, authority.issue("127.0.0.1")


def start_before(start_between, fake, tls=None):
    old = clear_backend(imap=fake.port)
    if tls:
        old["imap"].update(tls="starttls", verify="full", ca=str(tls[0].ca))
    return start_between(old, clear_backend(), settings=BUDGETS)


def assert_unavailable(proxy):
    dialogue = proxy.clients.imap_dialogue()
    began = time.monotonic()
    answer = dialogue.login("anna@example.org", "secret")
    assert answer.startswith("NO [UNAVAILABLE]"), answer
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", ["greeting", "login"])
def test_in_clear(start_between, step, fault):
    with FakeImap(faults={step: fault}) as fake:
        assert_unavailable(start_before(start_between, fake))


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", ["starttls", "tls"])
def test_on_the_way_to_tls(start_between, tls, step, fault):
    with FakeImap(faults={step: fault}, start_tls=tls[1].server_context()) as fake:
        assert_unavailable(start_before(start_between, fake, tls))


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.__name__)
def test_when_asked_for_its_capabilities(start_between, fault):
    """It tells none in its greeting, so it must be asked."""
    with FakeImap(faults={"capability": fault}) as fake:
        proxy = start_before(start_between, fake)
        dialogue = proxy.clients.imap_dialogue()
        began = time.monotonic()
        answer = dialogue.login("anna@example.org", "secret")
        assert answer.startswith(("NO [UNAVAILABLE]", "OK")), answer  # OK: a LOGIN needs none
        assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("greeting", ["* BYE too busy", "* PREAUTH welcome, whoever you are", "220 fake.example ESMTP",
                                      "+OK POP3 ready", "* NO", ""])
def test_a_wrong_greeting(start_between, greeting):
    with FakeImap(greeting=greeting) as fake:
        assert_unavailable(start_before(start_between, fake))
        assert fake.logins == []


def test_starttls_that_is_not_offered_sends_no_password(start_between, tls):
    with FakeImap() as fake:
        assert_unavailable(start_before(start_between, fake, tls))
        assert fake.logins == []


@pytest.mark.parametrize("capability", ["IMAP4rev1", "IMAP4rev1 AUTH=PLAIN LOGINDISABLED", "IMAP4rev1 AUTH=PLAIN SASL-IR",
                                        "IMAP4rev1 AUTH=LOGIN LOGINDISABLED", CAPABILITY])
@pytest.mark.parametrize("password", ['with space "quotes" back\\slash %', "ümläut \N{EURO SIGN}", "x" * 300, "{5}"])
def test_what_the_backend_offers_is_what_it_gets(start_between, capability, password):
    with FakeImap(capability=capability, password=password.encode().decode("latin-1")) as fake:
        proxy = start_before(start_between, fake)
        assert proxy.clients.imap_dialogue().login("anna@example.org", password).startswith("OK")
        assert fake.logins == [("anna@example.org", password.encode().decode("latin-1"))]


def test_no_way_to_log_in_is_unavailable(start_between):
    with FakeImap(capability="IMAP4rev1 LOGINDISABLED AUTH=GSSAPI") as fake:
        assert_unavailable(start_before(start_between, fake))


def test_untagged_data_before_the_tagged_ok(start_between):
    extra = "* OK [ALERT] hello\r\n* CAPABILITY IMAP4rev1 IDLE XEXTRA\r\n* 3 EXISTS\r\n"
    with FakeImap(before_ok=extra) as fake:
        dialogue = start_before(start_between, fake).clients.imap_dialogue()
        lines = dialogue.ask('LOGIN "anna@example.org" "secret"')
        assert lines[-1].startswith("OK")
        assert any("XEXTRA" in line for line in lines), lines
        assert dialogue.ask("NOOP")[-1].startswith("OK")


@pytest.mark.parametrize("reply, expected", [
    ("NO [AUTHENTICATIONFAILED] no", "NO [AUTHENTICATIONFAILED]"),
    ("NO [UNAVAILABLE] later", "NO [UNAVAILABLE]"),
    ("NO [EXPIRED] too old", "NO [EXPIRED]"),
    ("NO [LIMIT] too many", "NO [LIMIT]"),
    ("BAD what", ("NO [UNAVAILABLE]", "BAD")),
])
def test_the_backends_own_refusal_is_passed_on_with_its_code(start_between, reply, expected):
    with FakeImap(login_reply=reply) as fake:
        dialogue = start_before(start_between, fake).clients.imap_dialogue()
        for _ in range(2):
            answer = dialogue.login("anna@example.org", "secret")
            assert answer.startswith(expected), answer


@pytest.mark.parametrize("fault", [faults.closes, faults.resets])
def test_a_backend_that_leaves_after_the_login(start_between, fault):
    with FakeImap(faults={"after_login": fault}) as fake:
        dialogue = start_before(start_between, fake).clients.imap_dialogue()
        try:
            answer = dialogue.login("anna@example.org", "secret")
        except Gone:
            return
        # It left before its capabilities were known, or after: then so does the proxy.
        if not answer.startswith("NO [UNAVAILABLE]"):
            assert answer.startswith("OK"), answer
            assert b"NO" not in dialogue.rest()


def test_an_empty_password_never_reaches_a_backend(start_between):
    with FakeImap(password="") as fake:  # to some directories an empty password is an anonymous login
        answer = start_before(start_between, fake).clients.imap_dialogue().login("anna@example.org", "")
        assert answer.startswith("NO [AUTHENTICATIONFAILED]"), answer
        assert fake.logins == []


def test_a_backend_that_comes_back_is_used_again(start_between):
    broken = {"greeting": faults.closes}
    with FakeImap(faults=broken) as fake:
        proxy = start_before(start_between, fake)
        dialogue = proxy.clients.imap_dialogue()
        assert dialogue.login("anna@example.org", "secret").startswith("NO [UNAVAILABLE]")
        fake.heal()
        wait_until(lambda: dialogue.login("anna@example.org", "secret").startswith("OK"), "a login")


def test_nobody_listens(start_between):
    assert_unavailable(start_between(clear_backend(), clear_backend(), settings=BUDGETS))


def test_one_broken_backend_does_not_touch_the_other(start_between):
    with FakeImap(faults={"greeting": faults.never_ends_its_line}) as broken, FakeImap() as sound:
        proxy = start_between(clear_backend(imap=broken.port), clear_backend(imap=sound.port), settings=BUDGETS)
        assert_unavailable(proxy)
        assert proxy.clients.imap_dialogue().login("carla@example.com", "secret").startswith("OK")
