"""POP3 through the proxy: real servers on both sides, poplib and a dialogue by hand in front."""

import poplib
import time

import pytest

from support.clients import PopOverTls, PopWithStls
from support.dialogue import PopDialogue, plain
from support.proxy_settings import ACCESS_LISTENERS, PROXY_NAME
from support.waiting import wait_until

MESSAGE = b"From: a@elsewhere.example\r\nSubject: %s\r\n\r\n.begins with a dot\r\n..and two\r\n.\r\nend\r\n"


@pytest.fixture
def start(start_proxy):
    def with_pop3(**more):
        return start_proxy(more_listeners=ACCESS_LISTENERS, **more)

    return with_pop3


@pytest.fixture
def proxy(start):
    return start()


def client_of(proxy, kind, account=None):
    client = (PopOverTls(proxy.ports["pop3s"], proxy.clients.context, PROXY_NAME) if kind == "implicit"
              else PopWithStls(proxy.ports["pop3"]).encrypt(proxy.clients.context, PROXY_NAME))
    if account:
        client.user(account.login)
        client.pass_(account.password)
    return client


def dialogue_of(proxy, account=None):
    dialogue = PopDialogue(proxy.ports["pop3s"], proxy.clients.context)
    if account:
        assert dialogue.login(account.login, account.password).startswith("+OK")
    return dialogue


@pytest.mark.parametrize("kind", ["implicit", "STLS"])
@pytest.mark.parametrize("login, side", [("anna@example.org", "old"), ("carla@example.com", "new")])
def test_list_fetch_and_delete_on_both_sides(proxy, pair, login, side, kind):
    account = pair.account(login)
    dovecot = pair.server(side).dovecot
    content = MESSAGE % kind.encode()
    dovecot.deposit(login, content)
    client = client_of(proxy, kind, account)
    assert client.stat()[0] == 1
    assert len(client.list()[1]) == 1 and client.list(1).startswith(b"+OK 1 ")
    assert len(client.uidl()[1]) == 1
    assert client.top(1, 1)[1][-1] == b".begins with a dot"
    assert b"\r\n".join(client.retr(1)[1]) + b"\r\n" == content
    client.dele(1)
    assert client.quit().startswith(b"+OK")
    assert list(dovecot.messages(login)) == []


def test_a_password_with_all_sorts_of_octets_by_every_way_in(proxy, pair):
    max_muster = pair.account("Max.Muster@example.org")
    initial = plain(max_muster.login, max_muster.password)
    dialogue = dialogue_of(proxy, max_muster)
    assert dialogue.ask("QUIT").startswith("+OK")
    assert dialogue_of(proxy).ask(f"AUTH PLAIN {initial}").startswith("+OK")
    in_two = dialogue_of(proxy)
    assert in_two.ask("AUTH PLAIN") == "+ "
    assert in_two.ask(initial).startswith("+OK")


def test_in_clear_nothing_is_taken_and_commands_cannot_be_injected(proxy, pair):
    dialogue = PopDialogue(proxy.ports["pop3"])
    assert dialogue.ask("USER anna@example.org").startswith("-ERR [SYS/PERM]")
    dialogue.say("CAPA")
    assert dialogue.line().startswith("+OK")
    lines = dialogue.lines()
    assert "STLS" in lines and not any(line.startswith(("USER", "SASL")) for line in lines)
    injecting = PopDialogue(proxy.ports["pop3"])
    injecting.say_raw(b"STLS\r\nCAPA\r\n")
    assert injecting.line().startswith("+OK")
    assert injecting.rest() == b""
    wait_until(lambda: "command_injection" in proxy.log(), "the injection in the log")


def test_the_capabilities_are_those_of_both_servers(proxy):
    dialogue = dialogue_of(proxy)
    dialogue.say("CAPA")
    assert dialogue.line().startswith("+OK")
    lines = dialogue.lines()
    assert {"TOP", "UIDL", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE", "USER"} <= set(lines)
    assert "SASL PLAIN LOGIN XOAUTH2 OAUTHBEARER" in lines


def test_wrong_password_and_wrong_case_are_refused_alike(proxy, pair):
    anna = pair.account("anna@example.org")

    def refusal(login, password):
        dialogue = dialogue_of(proxy)
        began = time.monotonic()
        return dialogue.login(login, password), time.monotonic() - began

    wrong_password, took = refusal(anna.login, "guess")
    assert wrong_password.startswith("-ERR [AUTH] ")
    for login in ("ANNA@example.org", "anna@EXAMPLE.ORG"):
        wrong_case, took_too = refusal(login, anna.password)
        assert wrong_case == wrong_password
        assert abs(took_too - took) < 1
    dialogue = dialogue_of(proxy)
    assert dialogue.login(anna.login, "guess").startswith("-ERR [AUTH]")
    assert dialogue.login(anna.login, anna.password).startswith("+OK")  # it may try again


def test_a_flip_ends_sessions_after_a_reply_and_the_next_login_is_there(proxy, pair):
    anna, bert = pair.account("anna@example.org"), pair.account("bert@example.net")
    pair.new.dovecot.deposit(anna.login, MESSAGE % b"on the new side")
    moved, stays = dialogue_of(proxy, anna), dialogue_of(proxy, bert)
    assert moved.ask("STAT") == "+OK 0 0"
    proxy.flip("example.org", "new")
    assert moved.line().startswith("-ERR [SYS/TEMP] ")
    assert moved.rest() == b""
    assert dialogue_of(proxy, anna).ask("STAT").startswith("+OK 1 ")
    assert stays.ask("NOOP").startswith("+OK")
    assert "session_drained" in proxy.log()


def test_marks_of_deletion_are_carried_out_before_a_session_ends(start, pair):
    proxy = start(settings={"budgets": {"drain": "60s"}})
    bert = pair.account("bert@example.net")
    pair.old.dovecot.deposit(bert.login, MESSAGE % b"goes")
    dialogue = dialogue_of(proxy, bert)
    assert dialogue.ask("DELE 1").startswith("+OK")
    proxy.flip("example.net", "new")
    assert dialogue.ask("NOOP").startswith("+OK")
    assert dialogue.ask("QUIT").startswith("+OK")
    assert dialogue.rest() == b""
    assert list(pair.old.dovecot.messages(bert.login)) == []


@pytest.mark.parametrize("phase", ["moving", "returning"])
def test_a_domain_on_its_way_is_a_temporary_problem(start, pair, phase):
    proxy = start(routes={"example.org": phase}, settings={"budgets": {"park": "1s"}})
    anna = pair.account("anna@example.org")
    assert dialogue_of(proxy).login(anna.login, anna.password).startswith("-ERR [SYS/TEMP]")


def test_a_side_without_pop3_is_a_temporary_problem_and_says_so_in_the_log(start, pair):
    proxy = start(settings={"backends": {"new": {"pop3": None}}})
    carla, anna = pair.account("carla@example.com"), pair.account("anna@example.org")
    assert dialogue_of(proxy).login(carla.login, carla.password).startswith("-ERR [SYS/TEMP]")
    assert "no pop3 configured" in proxy.log()
    assert dialogue_of(proxy, anna).ask("STAT").startswith("+OK")
    assert [one["name"] for one in proxy.status()["backends"] if one["protocol"] == "pop3"] == ["old"]


def test_a_backend_that_is_down_is_a_temporary_problem(start, pair):
    nobody = {"address": "127.0.0.1:1", "tls": "none", "verify": None, "ca": None}
    proxy = start(settings={"backends": {"old": {"pop3": nobody}}})
    anna = pair.account("anna@example.org")
    assert dialogue_of(proxy).login(anna.login, anna.password).startswith("-ERR [SYS/TEMP]")
    down = next(one for one in proxy.status()["backends"] if (one["name"], one["protocol"]) == ("old", "pop3"))
    assert not down["healthy"] and down["problem"]


def test_status_shows_what_listeners_use(proxy, start_proxy):
    def shown(of):
        return {(one["name"], one["protocol"], one["healthy"]) for one in of.status()["backends"]}

    wanted = {(side, protocol, True) for side in ("old", "new") for protocol in ("pop3", "sieve")}
    wait_until(lambda: wanted <= shown(proxy), lambda: f"all of them healthy: {shown(proxy)}")
    silent = start_proxy()
    assert {protocol for _, protocol, _ in shown(silent)} == {"imap", "submission", "smtp"}


def test_commands_pipelined_behind_the_login_are_answered_in_order(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = dialogue_of(proxy)
    dialogue.say(f"USER {anna.login}", f"PASS {anna.password}", "STAT", "LIST", "NOOP", "QUIT")
    assert dialogue.line().startswith("+OK Send PASS")
    assert dialogue.line().startswith("+OK")
    assert dialogue.line().startswith("+OK 0 ")
    assert dialogue.line().startswith("+OK") and dialogue.lines() == []
    assert dialogue.line().startswith("+OK")
    assert dialogue.line().startswith("+OK")
    assert dialogue.rest() == b""


def test_poplib_hears_of_a_refusal_as_an_error_of_the_protocol(proxy, pair):
    anna = pair.account("anna@example.org")
    client = client_of(proxy, "implicit")
    client.user(anna.login)
    with pytest.raises(poplib.error_proto, match="AUTH"):
        client.pass_("guess")
