"""What mail programs do whose login waits for three minutes: they hold, or give up and are parked again.

The run writes what it saw where STELLWERK_PARKED_TABLE says; docker/RUNBOOK.md states it.
"""

import os
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support.clients import new_message
from support.proxy_settings import ACCESS_LISTENERS
from support.real_clients import (Curl, Fetchmail, FetchmailPop3, Getmail, GetmailPop3, Imaplib, Mbsync, Neomutt,
                                  OfflineImap, Poplib, Task)
from support.waiting import wait_until

SECONDS = 180
HOLDS = {Mbsync, Fetchmail, Imaplib, Neomutt, OfflineImap, Getmail}
# curl waits so long for the tagged answer, whatever else it hears. POP3 knows no word for "wait": those are told.
GIVES_UP_AFTER = {Curl: 120, FetchmailPop3: 50, Poplib: 50, GetmailPop3: 50}
DENIED = re.compile(r"auth\w* ?fail|login failed|incorrect|wrong password|\[AUTH\]", re.IGNORECASE)


@dataclass
class Visits:
    """One client's attempts to fetch a message, until one succeeds."""

    client: type
    gave_up: list[tuple[float, str]] = field(default_factory=list)  # seconds since it began, its last words
    held: float = 0.0  # seconds of the attempt that fetched the message

    def run(self, task: Task, token: str, over: threading.Event) -> None:
        while not over.is_set():
            began = time.monotonic()
            try:
                assert token.encode() in self.client(task).fetch(token)
                self.held = time.monotonic() - began
                return
            except Exception as error:  # noqa: BLE001, each client fails in its own way
                self.gave_up.append((time.monotonic() - began, str(error)))

    def row(self) -> str:
        first = f"gives up after {self.gave_up[0][0]:.0f} s and is parked again" if self.gave_up else "holds"
        return f"| {self.client.__name__} | {self.client.package} | {first} |"


@pytest.fixture
def visits(start_proxy, pair, tmp_path):
    account, token = pair.account("anna@example.org"), "token" + uuid.uuid4().hex
    proxy = start_proxy(routes={"example.org": "moving", "example.net": "old"}, more_listeners=ACCESS_LISTENERS)
    message = new_message("a@elsewhere.example", account.login)
    message.replace_header("Subject", token)
    pair.new.dovecot.deposit(account.login, message.as_bytes())
    all_visits, threads, over = [], [], threading.Event()
    for client in sorted(HOLDS | GIVES_UP_AFTER.keys(), key=lambda client: client.__name__):
        folder = tmp_path / client.__name__
        folder.mkdir()
        all_visits.append(Visits(client))
        task = Task(account, True, proxy.ports, pair.authority.ca, folder, tmp_path, patience=SECONDS + 120)
        threads.append(threading.Thread(target=all_visits[-1].run, args=(task, token, over)))
        threads[-1].start()
    try:
        wait_until(lambda: proxy.domain("example.org")["parked"] == len(threads), "all to be parked", 60)
        began = time.monotonic()  # the wait itself is what this test is about
        wait_until(lambda: time.monotonic() - began >= SECONDS, "three minutes", SECONDS + 10, every=1)
        assert not [one.client for one in all_visits if one.held]
        proxy.flip("example.org", "new")
        wait_until(lambda: all(one.held for one in all_visits),
                   lambda: f"everybody's message; {[one for one in all_visits if not one.held]}", 120)
    finally:
        over.set()
        if proxy.domain("example.org")["phase"] == "moving":
            proxy.flip("example.org", "old")
        for thread in threads:
            thread.join(SECONDS)
    assert " login_refused " not in proxy.log()
    return all_visits


def test_three_minutes(visits):
    rows = [one.row() for one in visits]
    print(*rows, *((one.client.__name__, one.gave_up) for one in visits), sep="\n")
    path = os.environ.get("STELLWERK_PARKED_TABLE")
    if path:
        Path(path).write_text("\n".join(["| client | package | parked for three minutes |", "| --- | --- | --- |", *rows]) + "\n")
    assert not [(one.client, words) for one in visits for _, words in one.gave_up if DENIED.search(words)]
    assert {one.client for one in visits if not one.gave_up} == HOLDS
    for one in visits:
        assert all(0 <= seconds - GIVES_UP_AFTER[one.client] < 20 for seconds, _ in one.gave_up), one.gave_up
