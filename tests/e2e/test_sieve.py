"""ManageSieve through the proxy: real pigeonholes on both sides."""

import pytest

from support.dialogue import SieveDialogue, plain
from support.proxy_settings import ACCESS_LISTENERS
from support.waiting import wait_until

SCRIPT = 'require "fileinto";\r\nif header :contains "subject" "x" { fileinto "x"; }\r\n'


@pytest.fixture
def start(start_proxy):
    def with_sieve(**more):
        return start_proxy(more_listeners=ACCESS_LISTENERS, **more)

    return with_sieve


@pytest.fixture
def proxy(start):
    return start()


def dialogue_of(proxy, account=None):
    dialogue = SieveDialogue(proxy.ports["sieve"], proxy.clients.context)
    if account:
        answer = dialogue.login(account.login, account.password)
        assert answer.startswith("OK"), answer
    return dialogue


def test_the_capabilities_in_clear_and_under_tls(proxy):
    clear = SieveDialogue(proxy.ports["sieve"])
    assert '"STARTTLS"' in clear.greeting and '"SASL" ""' in clear.greeting
    assert clear.ask(f'AUTHENTICATE "PLAIN" "{plain("anna@example.org", "x")}"')[-1].startswith("NO (ENCRYPT-NEEDED)")
    told = dialogue_of(proxy).greeting
    assert '"SASL" "PLAIN LOGIN XOAUTH2 OAUTHBEARER"' in told and '"VERSION" "1.0"' in told
    assert '"STARTTLS"' not in told and not any("UNAUTHENTICATE" in line for line in told)
    assert any(line.startswith('"SIEVE"') and "fileinto" in line for line in told)


@pytest.mark.parametrize("login, side", [("anna@example.org", "old"), ("carla@example.com", "new")])
def test_scripts_are_put_listed_and_activated_on_both_sides(proxy, pair, login, side):
    dialogue = dialogue_of(proxy, pair.account(login))
    assert dialogue.ask(f'HAVESPACE "main" {len(SCRIPT)}')[-1].startswith("OK")
    assert dialogue.ask(f'PUTSCRIPT "main" {{{len(SCRIPT)}+}}', SCRIPT)[-1].startswith("OK")
    assert dialogue.ask('SETACTIVE "main"')[-1].startswith("OK")
    assert dialogue.ask("LISTSCRIPTS")[0] == '"main" ACTIVE'
    assert dialogue.ask('PUTSCRIPT "broken" "if {"')[-1].startswith("NO")
    assert dialogue.ask("LOGOUT")[-1].startswith("OK")
    assert pair.server(side).dovecot.scripts(login) == {"main": SCRIPT.encode()}
    other = {"old": "new", "new": "old"}[side]
    assert pair.server(other).dovecot.scripts(login) == {}


def test_every_way_to_write_the_password(proxy, pair):
    max_muster = pair.account("Max.Muster@example.org")
    initial = plain(max_muster.login, max_muster.password)
    assert dialogue_of(proxy, max_muster).ask("NOOP")[-1].startswith("OK")
    literal = dialogue_of(proxy)
    assert literal.ask(f'AUTHENTICATE "PLAIN" {{{len(initial)}+}}', initial)[-1].startswith("OK")
    in_two = dialogue_of(proxy)
    in_two.say('AUTHENTICATE "PLAIN"')
    assert in_two.line() == '""'
    assert in_two.ask(f'"{initial}"')[-1].startswith("OK")


def test_wrong_password_and_wrong_case_are_refused_alike(proxy, pair):
    anna = pair.account("anna@example.org")
    refused = {dialogue_of(proxy).login(login, password) for login, password in
               [(anna.login, "guess"), ("ANNA@example.org", anna.password)]}
    assert len(refused) == 1 and refused.pop() == 'NO "Authentication failed."'


def test_a_flip_ends_sessions_politely_and_the_next_login_is_there(proxy, pair):
    bert = pair.account("bert@example.net")
    dialogue = dialogue_of(proxy, bert)
    assert dialogue.ask("LISTSCRIPTS")[-1].startswith("OK")
    proxy.flip("example.net", "new")
    assert dialogue.line().startswith("BYE (TRYLATER)")
    assert dialogue.rest() == b""
    again = dialogue_of(proxy, bert)
    assert again.ask(f'PUTSCRIPT "there" {{{len(SCRIPT)}+}}', SCRIPT)[-1].startswith("OK")
    assert "there" in pair.new.dovecot.scripts(bert.login)


def test_a_flip_waits_for_a_script_that_is_being_put(start, pair):
    proxy = start(settings={"budgets": {"drain": "60s"}})
    bert = pair.account("bert@example.net")
    dialogue = dialogue_of(proxy, bert)
    dialogue.say_raw(f'PUTSCRIPT "late" {{{len(SCRIPT)}+}}\r\n{SCRIPT[:20]}'.encode())
    proxy.flip("example.net", "new")
    dialogue.say_raw((SCRIPT[20:] + "\r\n").encode())
    assert dialogue.answer()[-1].startswith("OK")
    assert dialogue.line().startswith("BYE (TRYLATER)")
    assert "late" in pair.old.dovecot.scripts(bert.login)


def test_unauthenticate_ends_the_session_and_reaches_no_backend(proxy, pair):
    dialogue = dialogue_of(proxy, pair.account("anna@example.org"))
    assert not any("UNAUTHENTICATE" in line for line in dialogue.ask("CAPABILITY"))
    dialogue.say("UNAUTHENTICATE")
    assert dialogue.line().startswith("BYE")
    assert dialogue.rest() == b""


@pytest.mark.parametrize("changes", [{"routes": {"example.org": "moving"}, "settings": {"budgets": {"park": "1s"}}},
                                     {"settings": {"backends": {"old": {"sieve": None}}}}])
def test_what_cannot_be_now_may_be_later(start, pair, changes):
    proxy = start(**changes)
    anna = pair.account("anna@example.org")
    assert dialogue_of(proxy).login(anna.login, anna.password).startswith("NO (TRYLATER)")


def test_octets_behind_starttls_are_no_commands(proxy):
    dialogue = SieveDialogue(proxy.ports["sieve"])
    dialogue.say_raw(b"STARTTLS\r\nNOOP\r\n")
    assert dialogue.answer()[-1].startswith("OK")
    assert dialogue.rest() == b""
    wait_until(lambda: "command_injection" in proxy.log(), "the injection in the log")
