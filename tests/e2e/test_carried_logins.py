"""Users whose password only the old server knows log in on the new one, by its master, until it has learned it."""

import base64
import contextlib
import time

import pytest

from support.clients import new_message, server_reached
from support.dialogue import plain
from support.proxy_settings import ACCESS_LISTENERS
from support.unknowing_pair import KEY, MASTER, UnknowingPair
from support.waiting import wait_until


@pytest.fixture(scope="module")
def pair():
    with UnknowingPair() as running:
        running.teach()
        yield running


@pytest.fixture
def anna(pair):
    return pair.account("anna@example.org")


@pytest.fixture
def start(pair, start_proxy):
    """`login` is laid over the backend's."""
    pair.teach()

    def carrying(login={}, side="new", **more):
        key = pair.folder / "master.key"
        key.write_text(KEY + "\n")
        key.chmod(0o600)
        asked = {"as": "master", "name": MASTER, "password_file": str(key), "verify_on": "old", **login}
        return start_proxy(routes={"example.org": side, "example.net": "old", "example.com": "new"},
                           settings={"backends": {"new": {"login": asked}}}, more_listeners=ACCESS_LISTENERS, **more)

    return carrying


@contextlib.contextmanager
def stopped(server):
    server.stop()
    try:
        yield
    finally:
        server.resume()


def imap_answer(proxy, login, password):
    return proxy.clients.imap_dialogue().login(login, password)


@pytest.mark.parametrize("form", ["authzid", "user*master"])
def test_every_service_lets_the_user_in(start, pair, anna, form):
    proxy = start({"form": form}, side="old")
    assert server_reached(proxy.clients.imap(anna)) == "old"
    proxy.flip("example.org", "new")
    assert server_reached(proxy.clients.imap(anna)) == "new"
    pop = proxy.clients.pop_dialogue()
    assert pop.login(anna.login, anna.password).startswith("+OK")
    assert pop.ask("STAT").startswith("+OK")
    message = new_message(anna.login, anna.login)
    with proxy.clients.submission(anna) as client:
        client.send_message(message)
    pair.wait_for_message("new", anna.login, message["Message-ID"])

    def accepted():
        return [line for line in proxy.log().splitlines() if " login_accepted " in line and "backend=new" in line]

    wait_until(lambda: len(accepted()) >= 3, "the log")
    by = accepted()
    assert len(by) == 3 and all("by=master" in line for line in by), by
    assert KEY not in proxy.log() and anna.password not in proxy.log()
    assert proxy.domain("example.org")["sessions"]["old"] == 0


def test_the_old_server_sees_a_login_and_its_end_and_no_mailbox(start, pair, anna):
    proxy = start()
    seen = len(pair.old.dovecot.log())
    session = proxy.clients.imap(anna)
    wait_until(lambda: "Logged out" in pair.old.dovecot.log()[seen:], "LOGOUT at the old server")
    assert server_reached(session) == "new"


def test_a_wrong_password_is_refused_like_any_other(start, anna):
    proxy = start()
    began = time.monotonic()
    refused = imap_answer(proxy, anna.login, "guess")
    assert time.monotonic() - began > 2.5
    assert refused == "NO [AUTHENTICATIONFAILED] Authentication failed."
    assert refused == imap_answer(proxy, "ANNA@example.org", anna.password)
    assert proxy.clients.submission_dialogue().auth_plain(anna.login, "guess").code == 535


def test_once_the_new_server_knows_the_password_the_master_has_done(start, pair, anna):
    proxy = start()
    assert imap_answer(proxy, anna.login, anna.password).startswith("OK")
    pair.teach(anna=anna.password)
    assert imap_answer(proxy, anna.login, anna.password).startswith("OK")
    wait_until(lambda: "by=user" in proxy.log(), "the log")
    with stopped(pair.old):
        assert imap_answer(proxy, anna.login, anna.password).startswith("OK")
    pair.teach(anna="another")
    assert imap_answer(proxy, anna.login, anna.password).startswith("NO [AUTHENTICATIONFAILED]")
    kept = proxy.folder / "state" / "carried.json"
    wait_until(kept.exists, "carried.json")
    assert anna.login in kept.read_text() and kept.stat().st_mode & 0o777 == 0o600
    proxy.stop()
    proxy.start()
    assert imap_answer(proxy, anna.login, anna.password).startswith("NO [AUTHENTICATIONFAILED]")
    assert imap_answer(proxy, "office@example.org", "office secret").startswith("OK")


def test_nobody_becomes_another_or_the_master(start, anna):
    proxy = start()
    for login, password in [(f"{anna.login}*{MASTER}", KEY), (MASTER, KEY), ("Carrier", KEY),
                            (f"{anna.login}*{MASTER}", anna.password), (f"{anna.login}*", anna.password)]:
        assert imap_answer(proxy, login, password) == "NO [AUTHENTICATIONFAILED] Authentication failed.", login
        assert proxy.clients.submission_dialogue().auth_plain(login, password).code == 535
    foreign = base64.b64encode(f"{anna.login}\0{MASTER}\0{KEY}".encode()).decode()
    answer = proxy.clients.imap_dialogue().ask("AUTHENTICATE PLAIN " + foreign)[-1]
    assert answer.startswith("NO [AUTHENTICATIONFAILED]"), answer
    assert proxy.clients.submission_dialogue().ask("AUTH PLAIN " + foreign).code == 535
    assert proxy.clients.pop_dialogue().ask("AUTH PLAIN " + foreign).startswith("-ERR [AUTH]")
    for octets in ("anna@example.org\x01", "\x7fanna@example.org"):
        assert proxy.clients.submission_dialogue().ask("AUTH PLAIN " + plain(octets, anna.password)).code == 535
    assert "by=master" not in proxy.log()


def test_what_only_the_old_server_could_judge_waits_for_it(start, pair, anna):
    proxy = start()
    with stopped(pair.old):
        assert imap_answer(proxy, anna.login, anna.password).startswith("NO [UNAVAILABLE]")
        assert proxy.clients.submission_dialogue().auth_plain(anna.login, anna.password).code == 454
        assert proxy.clients.pop_dialogue().login(anna.login, anna.password).startswith("-ERR [SYS/TEMP]")
    assert imap_answer(proxy, anna.login, anna.password).startswith("OK")


def test_a_master_that_is_not_let_in_is_no_failure_of_the_user(start, pair, anna):
    proxy = start({"name": "nobody"})
    assert imap_answer(proxy, anna.login, anna.password).startswith("NO [UNAVAILABLE]")
    wait_until(lambda: "does not let its master in" in proxy.log(), "the log")


def test_a_reload_reads_the_key_again(start, pair, anna):
    proxy = start()
    key = pair.folder / "master.key"
    key.write_text("not the key\n")
    proxy.reload()
    assert imap_answer(proxy, anna.login, anna.password).startswith("NO [UNAVAILABLE]")
    key.write_text(KEY + "\n")
    proxy.reload()
    assert imap_answer(proxy, anna.login, anna.password).startswith("OK")


def test_the_key_in_force_is_that_of_the_epoch(start, pair, anna):
    proxy = start()
    key = pair.folder / "master.key"
    key.write_text("not the key\n")
    proxy.write_accounts([anna])
    assert proxy.run("reload").returncode == 75  # so many accounts less
    assert imap_answer(proxy, anna.login, anna.password).startswith("OK")
    for phase in ("old", "new"):  # made of the world in force, not of the files
        done = proxy.run("phase", "example.org", phase)
        assert done.returncode == 0, done
    assert imap_answer(proxy, anna.login, anna.password).startswith("OK")


def test_from_its_day_on_the_own_password_alone_counts(start, anna):
    proxy = start({"until": "2020-01-31"})
    assert imap_answer(proxy, anna.login, anna.password).startswith("NO [AUTHENTICATIONFAILED]")


def test_check_wants_somebody_to_verify(start, pair):
    proxy = start()
    good = proxy.config.read_text()
    assert proxy.run("check").returncode == 0
    proxy.config.write_text(good.replace("verify_on: old", "form: authzid"))
    refused = proxy.run("check")
    assert refused.returncode == 78
    line = next(number for number, text in enumerate(good.splitlines(), 1) if "as: master" in text)
    assert f"stellwerk.yaml:{line}:" in refused.stdout + refused.stderr
    assert "needs `verify_on`" in refused.stdout + refused.stderr
    proxy.config.write_text(good)
    key = pair.folder / "master.key"
    key.chmod(0o644)
    warned = proxy.run("check")
    assert warned.returncode == 0
    assert "master.key can be read by every user" in warned.stdout + warned.stderr
    key.unlink()
    assert proxy.run("check").returncode == 78
