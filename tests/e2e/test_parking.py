"""A domain that moves: its logins wait, and go on at the other server as if nothing had been."""

import os
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.clients import PopOverTls, server_reached
from support.dialogue import ImapDialogue, PopDialogue, SieveDialogue, plain
from support.fake_imap import FakeImap
from support.proxy_settings import ACCESS_LISTENERS, PROXY_NAME, clear_backend
from support.sanitizer import sanitized
from support.waiting import wait_until

IN_PROGRESS = "* OK [INPROGRESS] "
MESSAGE = b"From: a@elsewhere.example\r\nSubject: parked\r\n\r\nHello.\r\n"


@pytest.fixture
def anna(pair):
    return pair.account("anna@example.org")


@pytest.fixture
def start(start_proxy):
    """A proxy with example.org in `moving`; keepalives come every second."""

    def moving(phase="moving", budgets={}, limits={}, **more):
        return start_proxy(routes={"example.org": phase, "example.net": "old"},
                           settings={"budgets": {"park_keepalive": "1s", **budgets}, "limits": limits},
                           more_listeners=ACCESS_LISTENERS, **more)

    return moving


def parked(proxy, domain="example.org") -> int:
    return proxy.domain(domain)["parked"]


def wait_for_parked(proxy, count, seconds=30):
    wait_until(lambda: parked(proxy) == count, lambda: f"{count} parked, there are {parked(proxy)}", seconds)


def login_line(account) -> str:
    password = account.password.replace("\\", "\\\\").replace('"', '\\"')
    return f'LOGIN {account.login} "{password}"'


def begin_imap(proxy, account) -> tuple[ImapDialogue, str]:
    dialogue = proxy.clients.imap_dialogue()
    return dialogue, dialogue.send(login_line(account))


def authenticate(account) -> str:
    return f'AUTHENTICATE "PLAIN" "{plain(account.login, account.password)}"'


@pytest.mark.parametrize("phase, to", [("moving", "new"), ("moving", "old"), ("returning", "old"), ("returning", "new")])
def test_imap_waits_and_goes_on_where_the_domain_is_then(start, pair, anna, phase, to):
    proxy = start(phase)
    dialogue, tag = begin_imap(proxy, anna)
    wait_for_parked(proxy, 1)
    assert proxy.domain("example.org")["sessions"] == {"old": 0, "new": 0}
    session, = proxy.ask("sessions")["sessions"]
    assert session.items() >= {"login": anna.login, "backend": "parked", "state": "parked"}.items()
    for _ in range(2):
        assert dialogue.line().startswith(IN_PROGRESS)
    done = proxy.flip("example.org", to)
    assert done["draining"] == 0
    lines = dialogue.until_tagged(tag)
    assert lines[-1].startswith("OK"), lines
    assert all(line.startswith(("* OK [INPROGRESS]", "* CAPABILITY")) for line in lines[:-1]), lines
    folders = dialogue.ask('LIST "" "this-is-*"')
    assert f"this-is-{to}" in folders[0], folders
    wait_until(lambda: proxy.domain("example.org")["sessions"][to] == 1, "the session to be counted there")
    assert parked(proxy) == 0


def test_imaplib_waits(start, pair, anna):
    proxy = start()
    with ThreadPoolExecutor() as pool:
        login = pool.submit(lambda: proxy.clients.imap(anna))
        wait_for_parked(proxy, 1)
        pair.new.dovecot.deposit(anna.login, MESSAGE)
        proxy.flip("example.org", "new")
        client = login.result(30)
    assert server_reached(client) == "new"
    assert client.select()[0] == "OK"
    assert client.search(None, "SUBJECT", "parked")[1][0]


def test_curl_waits(start, pair, anna):
    proxy = start()
    curl = subprocess.Popen(
        ["curl", "-sS", "--max-time", "60", "--cacert", proxy.clients.ca, "--resolve",
         f"{PROXY_NAME}:{proxy.ports['imaps']}:127.0.0.1", "--user", f"{anna.login}:{anna.password}",
         "--request", 'LIST "" "this-is-*"', f"imaps://{PROXY_NAME}:{proxy.ports['imaps']}/"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for_parked(proxy, 1)
    wait_until(lambda: proxy.log().count(" login_parked ") == 1, "the log")
    proxy.flip("example.org", "new")
    out, err = curl.communicate(timeout=60)
    assert curl.returncode == 0, err
    assert "this-is-new" in out


def test_poplib_waits_in_silence(start, pair, anna):
    proxy = start()
    with ThreadPoolExecutor() as pool:
        client = PopOverTls(proxy.ports["pop3s"], proxy.clients.context, PROXY_NAME)
        client.user(anna.login)
        login = pool.submit(lambda: client.pass_(anna.password))
        wait_for_parked(proxy, 1)
        pair.new.dovecot.deposit(anna.login, MESSAGE)
        proxy.flip("example.org", "new")
        assert login.result(30).startswith(b"+OK")
    count = client.stat()[0]
    assert any(b"Subject: parked" in client.retr(number + 1)[1] for number in range(count))


def test_sieve_waits_in_silence(start, anna):
    proxy = start()
    dialogue = SieveDialogue(proxy.ports["sieve"], proxy.clients.context)
    dialogue.say(authenticate(anna))
    wait_for_parked(proxy, 1)
    assert not dialogue.hears_within(1.5)
    proxy.flip("example.org", "new")
    assert dialogue.answer()[-1].startswith("OK")
    assert dialogue.ask("LISTSCRIPTS")[-1].startswith("OK")
    assert proxy.domain("example.org")["sessions"]["new"] == 1


def test_imap_when_the_budget_is_over(start, anna):
    """The connection is of use still, and `limits.unauthenticated` has not run meanwhile."""
    proxy = start(budgets={"park": "5s"}, limits={"unauthenticated": "8s"})
    dialogue = proxy.clients.imap_dialogue()
    for _ in range(2):
        began = time.monotonic()
        lines = dialogue.ask(login_line(anna))
        assert lines[-1].startswith("NO [UNAVAILABLE]"), lines
        assert len([line for line in lines if line.startswith(IN_PROGRESS)]) in (3, 4, 5), lines
        assert 4.9 < time.monotonic() - began < 15
    assert dialogue.ask("NOOP")[-1].startswith("OK")
    tag = dialogue.send(login_line(anna))
    wait_for_parked(proxy, 1)
    proxy.flip("example.org", "old")
    assert dialogue.until_tagged(tag)[-1].startswith("OK")


@pytest.mark.parametrize("protocol", ["pop3", "sieve"])
def test_pop3_and_sieve_when_the_budget_is_over(start, anna, protocol):
    proxy = start(budgets={"park": "5s"}, limits={"unauthenticated": "8s"})
    if protocol == "pop3":
        pop = PopDialogue(proxy.ports["pop3s"], proxy.clients.context)
    else:
        sieve = SieveDialogue(proxy.ports["sieve"], proxy.clients.context)
    for _ in range(2):
        if protocol == "pop3":
            assert pop.login(anna.login, anna.password).startswith("-ERR [SYS/TEMP]")
        else:
            assert sieve.ask(authenticate(anna))[-1].startswith("NO (TRYLATER)")
    assert " login_refused " not in proxy.log()


def test_pop3_and_sieve_wait_at_most_50_seconds(start, anna):
    proxy = start()
    pop = PopDialogue(proxy.ports["pop3s"], proxy.clients.context)
    sieve = SieveDialogue(proxy.ports["sieve"], proxy.clients.context)
    for dialogue in (pop, sieve):
        dialogue.socket.settimeout(90)
    assert pop.ask("USER " + anna.login).startswith("+OK")
    began = time.monotonic()
    sieve.say(authenticate(anna))
    assert pop.ask("PASS " + anna.password).startswith("-ERR [SYS/TEMP]")
    assert 49 < time.monotonic() - began < 60
    assert sieve.answer()[-1].startswith("NO (TRYLATER)")


def test_commands_behind_the_login_wait_and_follow(start, anna):
    proxy = start()
    dialogue = proxy.clients.imap_dialogue()
    dialogue.say(f"a {login_line(anna)}", "b SELECT INBOX")
    wait_for_parked(proxy, 1)
    dialogue.say("c NOOP")
    assert dialogue.line().startswith(IN_PROGRESS)
    proxy.flip("example.org", "new")
    for tag in "abc":
        assert dialogue.until_tagged(tag)[-1].startswith("OK")


def test_what_is_sent_ahead_is_bounded_and_not_lost(start_between):
    """A client that sends a whole message behind its login, and one that sends and leaves."""
    size = 2_000_000
    received = []

    def append(peer, tag):
        received.append(peer.octets(size))
        peer.line()
        peer.say(f"{tag} OK done")

    with FakeImap(commands={"APPEND": append}) as new:
        proxy = start_between(clear_backend(), clear_backend(imap=new.port), routes={"example.org": "moving"})
        content = os.urandom(size)
        before = proxy.allocated_kib()
        dialogue = proxy.clients.imap_dialogue()
        sender = threading.Thread(target=lambda: dialogue.say_raw(
            b"a LOGIN anna@example.org secret\r\nb APPEND INBOX {%d+}\r\n" % size + content + b"\r\n"))
        sender.start()
        leaver = proxy.clients.imap_dialogue()
        leaver.say_raw(b"a LOGIN anna@example.org secret\r\n" + b"b NOOP\r\n" * 4000)
        wait_for_parked(proxy, 2)
        leaver.close()
        wait_for_parked(proxy, 1)
        assert sanitized or proxy.allocated_kib() - before < 1024
        proxy.flip("example.org", "new")
        assert dialogue.until_tagged("a")[-1].startswith("OK")
        assert dialogue.until_tagged("b")[-1].startswith("OK")
        sender.join(30)
        assert received == [content]


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_client_that_leaves_is_noticed(start, anna, how):
    proxy = start()
    dialogue, _ = begin_imap(proxy, anna)
    pop = PopDialogue(proxy.ports["pop3s"], proxy.clients.context)
    pop.say("USER " + anna.login, "PASS " + anna.password)
    wait_for_parked(proxy, 2)
    getattr(dialogue, how)()
    getattr(pop, how)()
    wait_for_parked(proxy, 0)


def test_kick_sigterm_and_drain_end_the_wait(start, anna):
    proxy = start()
    dialogue, tag = begin_imap(proxy, anna)
    wait_for_parked(proxy, 1)
    assert proxy.ask("kick", anna.login)["kicked"] == 1
    assert dialogue.until_tagged(tag)[-1].startswith("NO [UNAVAILABLE]")
    assert dialogue.line().startswith("* BYE")

    dialogue, tag = begin_imap(proxy, anna)
    pop = PopDialogue(proxy.ports["pop3s"], proxy.clients.context)
    assert pop.ask("USER " + anna.login).startswith("+OK")
    pop.say("PASS " + anna.password)
    sieve = SieveDialogue(proxy.ports["sieve"], proxy.clients.context)
    sieve.say(authenticate(anna))
    wait_for_parked(proxy, 3)
    proxy.signal(signal.SIGTERM)
    assert dialogue.until_tagged(tag)[-1].startswith("NO [UNAVAILABLE]")
    assert dialogue.line().startswith("* BYE")
    assert pop.line().startswith("-ERR [SYS/TEMP]")
    assert sieve.answer()[-1].startswith("NO (TRYLATER)")
    assert proxy.wait_for_end() == 0


def test_wrong_case_and_unknown_logins_are_refused_not_parked(start, anna):
    proxy = start()
    for login in ("ANNA@example.org", "nobody@example.org"):
        answer = proxy.clients.imap_dialogue().ask(f"LOGIN {login} secret")[-1]
        assert answer.startswith("NO [AUTHENTICATIONFAILED]"), answer
    assert " login_parked " not in proxy.log()


def test_an_account_that_is_removed_does_not_wait_any_more(start, pair, anna):
    proxy = start()
    dialogue, tag = begin_imap(proxy, anna)
    office, office_tag = begin_imap(proxy, pair.account("office@example.org"))
    wait_for_parked(proxy, 2)
    proxy.write_accounts([account for account in pair.accounts if account != anna])
    proxy.reload("--allow-removals")
    assert dialogue.until_tagged(tag)[-1].startswith("NO [AUTHENTICATIONFAILED]")
    assert parked(proxy) == 1
    proxy.flip("example.org", "new")
    assert office.until_tagged(office_tag)[-1].startswith("OK")


def test_a_wrong_password_is_heard_after_the_wait(start, anna):
    proxy = start()
    dialogue = proxy.clients.imap_dialogue()
    tag = dialogue.send(f"LOGIN {anna.login} guess")
    wait_for_parked(proxy, 1)
    proxy.flip("example.org", "new")
    assert dialogue.until_tagged(tag)[-1].startswith("NO [AUTHENTICATIONFAILED]")
    # The wait is no measure of how long a refusal takes.
    began = time.monotonic()
    assert proxy.clients.imap_dialogue().login(anna.login, "guess").startswith("NO [AUTHENTICATIONFAILED]")
    assert time.monotonic() - began < 10


def test_beyond_the_limit_the_answer_comes_at_once(start, anna):
    proxy = start(limits={"parked": 1})
    dialogue, tag = begin_imap(proxy, anna)
    wait_for_parked(proxy, 1)
    assert proxy.clients.imap_dialogue().ask(login_line(anna)) == [
        "NO [UNAVAILABLE] This mailbox is being moved, please try again in a few minutes."]
    pop = PopDialogue(proxy.ports["pop3s"], proxy.clients.context)
    assert pop.login(anna.login, anna.password).startswith("-ERR [SYS/TEMP]")
    sieve = SieveDialogue(proxy.ports["sieve"], proxy.clients.context)
    assert sieve.ask(authenticate(anna))[-1].startswith("NO (TRYLATER)")
    proxy.flip("example.org", "old")
    assert dialogue.until_tagged(tag)[-1].startswith("OK")


def test_reloads_while_parked(start_between):
    """Back and forth, faster than the parked can be released: each is served once, at the last."""
    count = 40
    with FakeImap() as old, FakeImap() as new:
        proxy = start_between(clear_backend(imap=old.port), clear_backend(imap=new.port),
                              routes={"example.org": "moving"})
        waiting = []
        for number in range(count):
            dialogue = proxy.clients.imap_dialogue()
            waiting.append((dialogue, dialogue.send(f"LOGIN user{number}@example.org secret")))
        wait_for_parked(proxy, count)
        for phase in ("old", "moving") * 10 + ("new",):
            proxy.flip("example.org", phase)
        for dialogue, tag in waiting:
            lines = dialogue.until_tagged(tag)
            # Who was let in on the way was sent away again by the next reload.
            assert lines[-1].startswith("OK"), lines
        wait_until(lambda: parked(proxy) == 0 and proxy.domain("example.org")["sessions"]["old"] == 0, "all to be new")
        assert len(new.logins) + len({login for login, _ in old.logins}) >= count


def park_many(proxy, count):
    waiting = []
    for number in range(count):
        dialogue = proxy.clients.imap_dialogue()
        waiting.append((dialogue, dialogue.send(f"LOGIN user{number}@example.org secret")))
    wait_for_parked(proxy, count, 180)
    return waiting


def test_two_hundred_are_released_in_a_spread(start_between):
    count = 200
    times = []

    class Counting(FakeImap):
        def _read_login(self, *command):
            times.append(time.monotonic())
            return super()._read_login(*command)

    with Counting() as new:
        proxy = start_between(clear_backend(), clear_backend(imap=new.port), routes={"example.org": "moving"})
        waiting = park_many(proxy, count)
        assert f'stellwerk_logins_parked{{listener="imap:{proxy.ports["imaps"]}"}} {count}\n' in metrics_of(proxy)
        proxy.flip("example.org", "new")
        for dialogue, tag in waiting:
            assert dialogue.until_tagged(tag)[-1].startswith("OK")
        assert len(times) == count
        assert max(times) - min(times) >= 0.4, "they came all at once"
        assert parked(proxy) == 0
        assert f'stellwerk_logins_parked{{listener="imap:{proxy.ports["imaps"]}"}} 0\n' in metrics_of(proxy)


def test_two_thousand_parked_cost_little_and_are_back_soon(start_between):
    count = 100 if sanitized else 2000
    with FakeImap() as new:
        proxy = start_between(clear_backend(), clear_backend(imap=new.port), routes={"example.org": "moving"},
                              settings={"budgets": {"connect": "60s", "greeting": "60s"}})
        before = proxy.allocated_kib()
        waiting = park_many(proxy, count)
        each = (proxy.allocated_kib() - before) / count
        assert sanitized or each <= 24, f"{each:.1f} KiB per parked login"
        proxy.flip("example.org", "new")
        wait_until(lambda: parked(proxy) == 0, "all to be released", 10)
        for dialogue, tag in waiting:
            assert dialogue.until_tagged(tag)[-1].startswith("OK")
        print(f"{each:.1f} KiB each")


def metrics_of(proxy) -> str:
    host, _, port = proxy.settings["admin"]["listen"].rpartition(":")
    with socket.create_connection((host, int(port)), 20) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        page = b""
        while more := connection.recv(65536):
            page += more
    return page.decode()
