"""Mail programs that people use log in, list, fetch, append and send, on both sides, in both TLS kinds."""

import collections
import os
import subprocess
import urllib.error
import uuid
from pathlib import Path

import pytest

from support import npm_packages
from support.clients import new_message
from support.proxy_settings import ACCESS_LISTENERS
from support.real_clients import CLIENTS, Task

SIDES = {"anna@example.org": "old", "carla@example.com": "new"}


@pytest.fixture(scope="module")
def npm(tmp_path_factory):
    try:
        return npm_packages.install(tmp_path_factory.mktemp("npm"))
    except urllib.error.URLError as fault:
        return fault


@pytest.fixture(scope="module")
def table():
    """What each client did, written as Markdown where STELLWERK_CLIENT_TABLE says."""
    rows: dict[tuple[str, str], dict[str, str]] = collections.defaultdict(dict)
    yield rows
    path = os.environ.get("STELLWERK_CLIENT_TABLE")
    if path:
        Path(path).write_text(_markdown(rows))


@pytest.mark.parametrize("kind", ["implicit", "starttls"])
@pytest.mark.parametrize("make", CLIENTS, ids=lambda client: client.__name__)
def test_client(make, kind, start_proxy, pair, npm, table, tmp_path_factory):
    implicit = kind == "implicit"
    if not (make.has_implicit if implicit else make.has_starttls):
        table[_row(make)][kind] = "has none"
        pytest.skip(f"{make.__name__} has no {kind} TLS")
    if make.package in npm_packages.names() and isinstance(npm, urllib.error.URLError):
        pytest.skip(f"the npm registry can't be reached: {npm}")
    proxy = start_proxy(more_listeners=ACCESS_LISTENERS)
    for login, side in SIDES.items():
        account = pair.account(login)
        client = make(Task(account, implicit, proxy.ports, pair.authority.ca, tmp_path_factory.mktemp("client"), npm))
        for ability in make.abilities():
            _CHECKS[ability](client, account, side, proxy, pair)
    table[_row(make)][kind] = ", ".join(name.replace("_", " ") for name in make.abilities())


def _message(account) -> tuple[str, bytes]:
    token = "token" + uuid.uuid4().hex
    message = new_message(account.login, account.login, body="A line.\r\n.\r\n..two dots\r\nThe end.\r\n")
    message.replace_header("Subject", token)
    return token, message.as_bytes().replace(b"\n", b"\r\n")


def _check_list(client, account, side, proxy, pair):
    listed = client.list_folders()
    assert f"this-is-{side}".encode() in listed, listed


def _check_fetch(client, account, side, proxy, pair):
    token, message = _message(account)
    with proxy.clients.imap(account) as seeding:
        assert seeding.append("INBOX", None, None, message)[0] == "OK"
    fetched = client.fetch(token)
    assert token.encode() in fetched and b"The end." in fetched


def _check_append(client, account, side, proxy, pair):
    token, message = _message(account)
    client.append(message)
    assert b"The end." in pair.wait_for_message(side, account.login, token)


def _check_send(client, account, side, proxy, pair):
    token, message = _message(account)
    client.send(message)
    stored = pair.wait_for_message(side, account.login, token)
    assert b"\n.\n..two dots" in stored.replace(b"\r\n", b"\n"), stored
    assert b"mail.old.example" in stored  # our Received line


_CHECKS = {"list_folders": _check_list, "fetch": _check_fetch, "append": _check_append, "send": _check_send}


def _row(make) -> tuple[str, str]:
    return make.__name__, make.package


def _markdown(rows) -> str:
    lines = ["# Mail programs that the suite drives", "",
             "What each has done through the proxy, on an account of each side, in the run that wrote this page",
             "(tests/README.md); each deed is a login of its own. OfflineImap behind STARTTLS: at most TLS 1.2, see the",
             "known faults of clients in docker/RUNBOOK.md.", "",
             "| client | package | version | implicit TLS | STARTTLS |", "| --- | --- | --- | --- | --- |"]
    for (name, package), did in rows.items():
        lines.append(f"| {name} | {package} | {_version(package)} | {did.get('implicit', 'not run')} "
                     f"| {did.get('starttls', 'not run')} |")
    return "\n".join(lines) + "\n"


def _version(package: str) -> str:
    if package in npm_packages.names():
        return npm_packages.names()[package] + " (npm)"
    return subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True).stdout
