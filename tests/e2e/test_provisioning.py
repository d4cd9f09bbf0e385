"""Passwords that the old server accepts become hashes, with which the new one lets the same users in."""

import crypt
import email.policy
import json
import os
import re
import shutil

import pytest

from support.accounts import Account
from support.clients import new_message, server_reached
from support.moves import WAIVED, switch
from support.proxy_settings import ACCESS_LISTENERS
from support.tokens import token_for
from support.unknowing_pair import KEY, MASTER, UnknowingPair
from support.waiting import wait_until

LINE = re.compile(r"([^:]+):\{CRYPT\}([^:]+)::::::")
BAD = "guessed by nobody"
OURS = ("anna@example.org", "Max.Muster@example.org", "office@example.org")


@pytest.fixture(scope="module")
def pair():
    with UnknowingPair() as running:
        yield running


@pytest.fixture(autouse=True)
def unknowing(pair):
    pair.teach()


@pytest.fixture
def anna(pair):
    return pair.account("anna@example.org")


@pytest.fixture
def start(start_proxy):
    def provisioning(settings={}, **keys):
        return start_proxy(settings={"provisioning": {"file": "new-passwd", **keys}, **settings},
                           more_listeners=ACCESS_LISTENERS)

    return provisioning


def kept(proxy):
    return proxy.folder / "new-passwd"


def hashes(proxy):
    """What is in the file, each line of which is ours."""
    if not kept(proxy).exists():
        return {}
    return dict(LINE.fullmatch(line).groups() for line in kept(proxy).read_text().splitlines())


def is_known(proxy, account):
    hash_ = hashes(proxy).get(account.login, "")
    return bool(hash_) and crypt.crypt(account.password, hash_) == hash_


def log_in(proxy, account):
    answer = proxy.clients.imap_dialogue().login(account.login, account.password)
    assert answer.startswith("OK"), answer


def provisioned(proxy, domain="example.org"):
    return proxy.domain(domain)["provisioned"]


def wait_for_known(proxy, count, domain="example.org"):
    wait_until(lambda: provisioned(proxy, domain)["known"] == count, f"{count} known passwords of {domain}", 60)


def assert_nowhere(proxy, *passwords):
    for path in proxy.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [one for one in passwords if one.encode() in content], path


def test_each_service_yields_a_hash_and_nothing_else(start, pair):
    proxy = start()
    anna, max_, office = map(pair.account, OURS)
    bert, carla = pair.account("bert@example.net"), pair.account("carla@example.com")
    assert provisioned(proxy) == {"known": 0, "accounts": 3}
    refused = proxy.clients.imap_dialogue().login(bert.login, BAD)
    assert refused.startswith("NO [AUTHENTICATIONFAILED]"), refused
    log_in(proxy, anna)
    assert proxy.clients.pop_dialogue().login(max_.login, max_.password).startswith("+OK")
    with proxy.clients.submission(office) as client:
        client.send_message(new_message(office.login, office.login))
    assert proxy.clients.imap_dialogue().login(carla.login, carla.password).startswith("NO ")  # on new, unknown
    wait_for_known(proxy, 3)
    assert set(hashes(proxy)) == set(OURS)
    assert all(hash_.startswith("$y$") for hash_ in hashes(proxy).values())
    assert all(is_known(proxy, one) for one in (anna, max_, office))
    assert kept(proxy).stat().st_mode & 0o777 == 0o600
    assert "example.org" in proxy.run("status").stdout.partition("PASSWORDS")[2].partition("\n\n")[0]
    proxy.stop()
    assert set(hashes(proxy)) == set(OURS)
    assert_nowhere(proxy, anna.password, max_.password, office.password, carla.password, BAD)


def test_a_token_says_nothing_of_a_password(start, pair, anna):
    proxy = start()
    with proxy.clients.imap() as client:
        client.authenticate("XOAUTH2", lambda _: f"user={anna.login}\1auth=Bearer {token_for(anna.login)}\1\1".encode())
    log_in(proxy, pair.account("office@example.org"))
    wait_for_known(proxy, 1)
    assert set(hashes(proxy)) == {"office@example.org"}


@pytest.mark.parametrize("scheme", ["yescrypt", "sha512-crypt"])
def test_users_get_in_with_the_old_server_off(start, pair, scheme):
    proxy = start(scheme=scheme, required=100)
    users = [pair.account(login) for login in OURS]
    log_in(proxy, users[0])
    wait_for_known(proxy, 1)
    code, reply = switch(proxy)
    assert code == 75 and reply["error"]["reason"].endswith("gates do not pass: passwords"), reply
    gate = next(one for one in reply["gates"] if one["name"] == "passwords")
    assert gate["value"].startswith("1 of 3 accounts; not ") and "100 %" in gate["limit"]
    waived = proxy.run("switch", "example.org", "--dry-run", *WAIVED, "--waive", "passwords=they call anyway")
    assert waived.returncode == 0, waived
    for one in users[1:]:
        log_in(proxy, one)
    wait_for_known(proxy, 3)
    shutil.copyfile(kept(proxy), pair.passwords)  # as the operator does
    wait_until(lambda: all(pair.takes(one.login, one.password) for one in users), "the new server to read it", 30)
    code, reply = switch(proxy)
    assert code == 0, reply
    pair.old.stop()
    try:
        for one in users:
            assert server_reached(proxy.clients.imap(one)) == "new"
            assert proxy.clients.pop_dialogue().login(one.login, one.password).startswith("+OK")
            message = new_message(one.login, one.login)
            client = proxy.clients.submission_dialogue()  # smtplib knows ASCII passwords only
            assert client.auth_plain(one.login, one.password).code == 235
            assert [reply.code for reply in client.begin(one.login, one.login)] == [250, 250]
            assert client.content(message.as_bytes(policy=email.policy.SMTP)).code == 250
            pair.wait_for_message("new", one.login, message["Message-ID"])
            refused = proxy.clients.imap_dialogue().login(one.login, BAD)
            assert refused.startswith("NO [AUTHENTICATIONFAILED]"), refused
    finally:
        pair.old.resume()
        pair.passwords.write_text("")
        wait_until(lambda: not any(pair.takes(one.login, one.password) for one in users), "the new server to forget", 30)


def test_a_changed_password_replaces_the_hash_and_the_same_does_not(start, pair, anna):
    proxy = start()
    log_in(proxy, anna)
    wait_for_known(proxy, 1)
    first = hashes(proxy)[anna.login]
    proxy.stop()
    proxy.start()
    assert provisioned(proxy)["known"] == 1
    log_in(proxy, anna)
    log_in(proxy, pair.account("office@example.org"))
    wait_for_known(proxy, 2)  # hashed behind anna's
    assert hashes(proxy)[anna.login] == first
    changed = Account(anna.login, "anna has another")
    users = pair.old.dovecot.folder / "users"
    before = users.read_text()
    users.write_text(before.replace(anna.password, changed.password))
    try:
        wait_until(lambda: pair.takes(anna.login, changed.password, pair.old), "the old server to take it", 30)
        log_in(proxy, changed)
        wait_until(lambda: is_known(proxy, changed), "the hash of the other", 30)
        assert set(hashes(proxy)) == {anna.login, "office@example.org"}
    finally:
        users.write_text(before)
        wait_until(lambda: pair.takes(anna.login, anna.password, pair.old), "the former password", 30)


def test_an_operators_lines_stay_as_they_are(start_proxy, folder, anna):
    mine = folder / "passwd"
    mine.write_text("# of the new server\nbackup:{PLAIN}key::::::\n"
                    "anna@example.org:{CRYPT}$6$old$hash:1000:1000::/home/anna::allow_nets=192.0.2.0/24\n")
    mine.chmod(0o600)
    proxy = start_proxy(settings={"provisioning": {"file": str(mine)}})
    assert provisioned(proxy)["known"] == 1  # by the operator's word
    log_in(proxy, anna)
    wait_until(lambda: "$y$" in mine.read_text(), "the hash", 60)
    lines = mine.read_text().splitlines()
    assert lines[:2] == ["# of the new server", "backup:{PLAIN}key::::::"] and len(lines) == 3
    assert lines[2].startswith("anna@example.org:{CRYPT}$y$")
    assert lines[2].endswith(":1000:1000::/home/anna::allow_nets=192.0.2.0/24")


def test_a_file_that_cannot_be_written_is_red_and_tried_again(start, anna):
    proxy = start()
    kept(proxy).mkdir()
    log_in(proxy, anna)

    def red():
        return [one for one in proxy.status()["warnings"] if one.startswith("RED: ") and "new-passwd" in one]

    wait_until(red, "RED", 30)
    kept(proxy).rmdir()
    wait_until(lambda: is_known(proxy, anna), "the hash", 30)
    wait_until(lambda: not red(), "the end of RED", 30)
    assert proxy.log().count("is not a regular file") == 1


def test_what_the_old_server_verifies_for_the_new_ones_master_is_kept_too(start, pair, anna):
    key = pair.folder / "master.key"
    key.write_text(KEY + "\n")
    key.chmod(0o600)
    login = {"as": "master", "name": MASTER, "password_file": str(key), "verify_on": "old"}
    proxy = start()
    proxy.write_settings({**proxy.settings, "backends": {**proxy.settings["backends"], "new": {
        **proxy.settings["backends"]["new"], "login": login}}})
    proxy.flip("example.org", "new")
    assert proxy.clients.imap_dialogue().login(anna.login, BAD).startswith("NO ")
    log_in(proxy, anna)
    wait_until(lambda: is_known(proxy, anna), "the hash", 60)
    wait_until(lambda: "by=master" in proxy.log(), "the log")
    assert_nowhere(proxy, anna.password, KEY, BAD)


def test_check_says_what_would_be_wrong(start, pair):
    proxy = start()
    good = dict(proxy.settings)

    def refused(**keys):
        proxy.write_settings({**good, "provisioning": keys})
        done = proxy.run("check")
        return done.stdout + done.stderr if done.returncode == 78 else f"exit {done.returncode}"

    kept(proxy).write_text("")
    kept(proxy).chmod(0o640)
    assert "new-passwd is open to others than its owner, set its mode to 0600" in refused(file="new-passwd")
    assert json.loads(proxy.run("reload", "--json").stdout)["error"]["problems"]
    kept(proxy).chmod(0o600)
    assert refused(file="new-passwd") == "exit 0"
    assert "nowhere cannot be used" in refused(file="nowhere/new-passwd")
    assert "needs a `file`" in refused(required=90)
    proxy.write_settings({**good, "provisioning": {"file": "another"}})
    assert any("provisioning.file" in one and "next start" in one for one in proxy.reload()["warnings"])


def test_off_by_default(start_proxy, anna):
    proxy = start_proxy()
    log_in(proxy, anna)
    assert "provisioned" not in proxy.domain("example.org")
    names = [one["name"] for one in json.loads(
        proxy.run("switch", "example.org", "--dry-run", *WAIVED, "--json").stdout)["gates"]]
    assert "passwords" not in names and "way_back" in names
    assert not [name for name in os.listdir(proxy.folder) if "passwd" in name]
