"""The promise as a whole: a domain is switched, reversed and switched again under full traffic, and nobody notices."""

import shlex
import threading
from collections import Counter
from pathlib import Path

import pytest

from scenarios.ledger import Ledger, Tally
from scenarios.traffic import Traffic
from support.accounts import Account
from support.clients import new_message
from support.fake_dns import MX, A, FakeDns
from support.mail_pair import MailPair
from support.move_hooks import final_sync_command, quiesce_command
from support.proxy_settings import ACCESS_LISTENERS, PROXY_NAME
from support.sanitizer import sanitized
from support.waiting import wait_until

MOVED = "example.org"
ACCOUNTS = tuple(Account(f"user{number}@{domain}", f"secret-{number}")
                 for domain, count in ((MOVED, 20), ("example.net", 5)) for number in range(count))
SESSIONS = {"fetchers": 20, "appenders": 15, "poppers": 15, "submitters": 20, "servers": 40}
IDLERS = 90
INBOUND_A_SECOND = 20


@pytest.fixture(scope="module")
def pair():
    with MailPair(ACCOUNTS, {}) as running:
        yield running


_SNAPSHOT = r"""#!/bin/sh
set -e
{before}
case $STELLWERK_FROM in old) cd {old} ;; *) cd {new} ;; esac
cd dovecot/mail
find . -path "*@$STELLWERK_DOMAIN/*" -type f \( -path '*/cur/*' -o -path '*/new/*' \) -exec sha256sum {{}} + >{out}
"""

# The fault itself: a final sync of a mailbox so large that it takes its time.
_LONG_SYNC = r"""#!/bin/sh
set -e
end=$(($(date +%s) + {seconds}))
{sync}
while [ "$(date +%s)" -lt "$end" ]; do sleep 0.5; done
"""


class Hooks:
    """The commands an operator would give to `switch`, and what they saw of the side that was to be still."""

    def __init__(self, pair: MailPair):
        self._folder = pair.folder / "hooks"
        self._folder.mkdir()
        self._folder.chmod(0o777)
        self._sides = {name: shlex.quote(str(pair.folder / name)) for name in ("old", "new")}
        self._sync = final_sync_command(pair)
        self.quiesce = self._snapshot("drained", before=quiesce_command(pair))
        self.before_flip = self._snapshot("flip")

    def final_sync(self, seconds: int) -> str:
        return self._write(f"sync-{seconds}", _LONG_SYNC.format(sync=self._sync, seconds=seconds))

    def changes(self) -> list[str]:
        """Messages of the frozen side that came, went or changed between the end of the drain and the flip."""
        drained, flip = (_messages(self._folder / name) for name in ("drained", "flip"))
        assert drained, "nothing was seen of the frozen side"
        return sorted(f"{name}: {drained.get(name)} -> {flip.get(name)}" for name in drained.keys() | flip.keys()
                      if drained.get(name) != flip.get(name))

    def _snapshot(self, name: str, before: str = "") -> str:
        return self._write(f"see-{name}", _SNAPSHOT.format(**self._sides, before=before, out=self._folder / name))

    def _write(self, name: str, text: str) -> str:
        path = self._folder / name
        path.write_text(text)
        path.chmod(0o755)
        return shlex.quote(str(path))


def _messages(listing: Path) -> dict[str, str]:
    """Mailbox and file -> its flags and hash. Whoever opens a Maildir, the sync too, moves from new to cur."""
    found = {}
    for line in listing.read_text().splitlines():
        digest, _, place = line.partition("  ")
        mailbox, _, name = place.rpartition("/")
        unique, _, flags = name.partition(":2,")
        found[f"{mailbox.removesuffix('/new').removesuffix('/cur')}/{unique}"] = f"{flags} {digest}"
    return found


def start_with_dns(start_proxy, dns):
    return start_proxy(routes={MOVED: "old", "example.net": "old"}, more_listeners=ACCESS_LISTENERS,
                       settings={"dns": {"servers": [dns.address]}, "public_addresses": ["192.0.2.25"],
                                 "log": {"level": "info"}, "budgets": {"connect": "10s", "greeting": "20s", "drain": "60s"}})


class Inbound:
    """How often other servers came with a message while something went on, in the slowest ten seconds."""

    def __init__(self, ledger: Ledger):
        self._ledger, self._over, self.lowest = ledger, threading.Event(), None
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        window, before = 10, self._ledger.inbound
        while not self._over.wait(window):
            rate = (self._ledger.inbound - before) / window
            before = self._ledger.inbound
            self.lowest = rate if self.lowest is None else min(self.lowest, rate)


def move(proxy, traffic, ledger, command, to, hooks, seconds):
    """The command itself, then everybody's way to the side where the domain is now."""
    returned = len(ledger.returns)
    done = proxy.run(command, MOVED, "--quiesce", hooks.quiesce, "--final-sync", hooks.final_sync(seconds),
                     "--before-flip", hooks.before_flip, timeout=400)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert hooks.changes() == []
    assert proxy.domain(MOVED)["phase"] == to
    deferred = ledger.waiting.copy()

    def settled() -> bool:
        traffic.check()
        return len(traffic.idle) == IDLERS and not deferred & ledger.waiting

    wait_until(settled, lambda: f"{IDLERS} in IDLE, there are {len(traffic.idle)}, and {len(deferred & ledger.waiting)} "
                                f"deferred messages; {ledger.failed_logins[:5]} {ledger.refusals[:5]}", 180)
    back = [one for one in ledger.returns[returned:] if one.login.endswith(MOVED)]
    assert {one.server for one in back} == {to}
    assert len(back) == sum(account.domain == MOVED for account in idlers()), Counter(one.login for one in back)
    assert {one.farewell[:20] for one in back} == {"* BYE [UNAVAILABLE] "}
    assert [one for one in ledger.returns if not one.login.endswith(MOVED)] == []


def idlers() -> list[Account]:
    return [ACCOUNTS[number % len(ACCOUNTS)] for number in range(IDLERS)]


def test_switch_reverse_switch_under_two_hundred_clients(start_proxy, pair):
    for account in ACCOUNTS:
        for server in (pair.old, pair.new) if account.domain == MOVED else (pair.old,):
            server.dovecot.deposit(account.login, new_message("a@elsewhere.example", account.login).as_bytes())
    ledger, hooks = Ledger(), Hooks(pair)
    with FakeDns({(MOVED, MX): [(10, PROXY_NAME)], (PROXY_NAME, A): ["192.0.2.25"]}) as dns:
        proxy = start_with_dns(start_proxy, dns)
        traffic = Traffic(proxy, ledger, {account.login: account for account in ACCOUNTS}, pause=1.5)
        try:
            traffic.start(idlers(), **SESSIONS)
            wait_until(lambda: traffic.check() or len(traffic.idle) == IDLERS, "everybody to be in IDLE", 120)
            with Inbound(ledger) as inbound:
                move(proxy, traffic, ledger, "switch", "new", hooks, 60)
                move(proxy, traffic, ledger, "reverse", "old", hooks, 10)
                move(proxy, traffic, ledger, "switch", "new", hooks, 10)
        finally:
            traffic.stop()
        traffic.check()
        wait_until(lambda: pair.old.is_settled() and pair.new.is_settled(), "both servers' queues to empty", 120)
        tally = Tally.take(pair, ledger, {MOVED: "new", "example.net": "old"})
        print(f"{ledger.logins} logins, {len(ledger.letters)} messages accepted, {sum(ledger.deferrals.values())} deferred, "
              f"inbound at least {inbound.lowest}/s", ledger.second_tries.most_common(5))
        assert ledger.failed_logins == [] and ledger.refusals == []
        assert tally.lost == [] and tally.duplicated == 0
        assert " session_failed " not in proxy.log()
        assert sanitized or inbound.lowest >= INBOUND_A_SECOND
