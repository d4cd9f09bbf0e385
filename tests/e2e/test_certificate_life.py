"""The legacy name ends on its day, while everything else goes on. The clock is moved by libfaketime."""

import datetime
import os
import socket
import ssl
from pathlib import Path

import pytest

from support.proxy_settings import LISTENERS, PROXY_NAME, default_binary
from support.stellwerk import connect
from support.waiting import answers, wait_until

SESSIONS = 50
LIBRARY = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)

pytestmark = pytest.mark.skipif(bool(os.environ.get("STELLWERK_SANITIZE")),
                                reason="a sanitizer's library must be loaded before libfaketime")


class Clock:
    """The proxy's: ours, moved forward by `days`."""

    def __init__(self, file: Path):
        self._file = file
        self.set(0)

    def set(self, days: float) -> None:
        beside = self._file.with_suffix(".next")
        beside.write_text(f"+{days:.3f}d\n")
        beside.rename(self._file)


@pytest.fixture
def clock(folder, monkeypatch):
    """Moves the time of every proxy started after."""
    assert LIBRARY, "the package libfaketime is missing"
    moved = Clock(folder / "clock")
    binary = folder / "stellwerk"
    binary.write_text(f"""#!/bin/sh
if [ "$1" = serve ]; then
  export LD_PRELOAD={LIBRARY} FAKETIME_TIMESTAMP_FILE={folder}/clock FAKETIME_CACHE_DURATION=1
  export FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1
fi
exec {os.environ.get("STELLWERK_BINARY") or default_binary()} "$@"
""")
    binary.chmod(0o755)
    monkeypatch.setenv("STELLWERK_BINARY", str(binary))
    return moved


def entry(certificate, **more):
    return {"chain": str(certificate.chain), "key": str(certificate.key), **more}


def day(ahead: int) -> str:
    return str(datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=ahead))


def names_shown(proxy, listener, name):
    context = ssl.create_default_context(cafile=str(proxy.clients.ca))
    context.check_hostname = False
    with connect(proxy.ports[listener]) as connection, \
            context.wrap_socket(connection, server_hostname=name) as encrypted:
        return str(encrypted.getpeercert()["subjectAltName"])


def is_refused(proxy, listener, name):
    """The handshake ends in the alert unrecognized_name."""
    try:
        names_shown(proxy, listener, name)
    except ssl.SSLError as error:
        return "unrecognized name" in str(error).lower().replace("_", " ")
    return False


def is_closed(proxy, listener):
    try:
        socket.create_connection(("127.0.0.1", proxy.ports[listener]), 5).close()
    except ConnectionRefusedError:
        return True
    return False


def warned(proxy, days):
    """The warnings that the usual name ends in so many days."""
    return [line for line in proxy.log().splitlines()
            if f" certificate_expires name={PROXY_NAME} " in line and line.endswith(f" warning={days}")]


def of_name(proxy, name):
    return next(one for one in proxy.status()["certificates"] if name in one["names"])


def test_a_name_ends_while_sessions_go_on_and_is_extended(clock, start_proxy, pair):
    other = pair.authority.issue("mx.new.example")
    legacy = pair.authority.issue(PROXY_NAME, "localhost", "127.0.0.1")
    base = start_proxy()
    base.stop()
    listeners = [dict(one, certificate=PROXY_NAME) if name == "submissions" else one
                 for name, one in zip(LISTENERS, base.settings["listeners"])]
    settings = dict(base.settings, listeners=listeners,
                    certificates=[entry(legacy, legacy=True, until=day(2)), entry(other)])
    base.write_settings(settings)
    proxy = base.start()
    anna = pair.account("anna@example.org")
    assert warned(proxy, 7)

    sessions = [proxy.clients.imap_dialogue(anna) for _ in range(SESSIONS)]
    before = of_name(proxy, PROXY_NAME)
    assert before["legacy"] and not before["retired"] and before["days_left"] in (0, 1, 2)
    assert before["uses_day"] >= SESSIONS and before["uses_week"] >= before["uses_day"]
    assert before["last_login"] == anna.login and before["last_login_at"]
    assert names_shown(proxy, "submissions", None)

    clock.set(3)
    wait_until(lambda: is_refused(proxy, "imaps", PROXY_NAME), "the name to be retired", 30)
    for session in sessions:
        assert session.ask("NOOP")[-1].startswith("OK")
    for name in ("mx.new.example", "nobody.example", None):
        assert "mx.new.example" in names_shown(proxy, "imaps", name)
    port25 = proxy.clients.smtp_dialogue
    proxy.clients.context.check_hostname = False  # asks for the old name, is shown the next valid certificate
    assert port25().ask("NOOP").code == 250
    wait_until(lambda: is_closed(proxy, "submissions"), "the listener of that name alone to close", 30)
    after = of_name(proxy, PROXY_NAME)
    assert after["retired"] and after["days_left"] < 0
    assert after["uses"][0]["refused"] > 0
    for event in (" certificate_retired ", " tls_name_retired ", " listener_closed "):
        wait_until(lambda: event in proxy.log(), event)

    proxy.write_settings(dict(settings, certificates=[entry(legacy, legacy=True, until=day(20)), entry(other)]))
    proxy.reload()
    assert PROXY_NAME in names_shown(proxy, "imaps", PROXY_NAME)
    wait_until(lambda: answers("127.0.0.1", proxy.ports["submissions"]), "the listener to open again", 30)
    assert PROXY_NAME in names_shown(proxy, "submissions", None)
    for session in sessions:
        assert session.ask("NOOP")[-1].startswith("OK")
    assert not of_name(proxy, PROXY_NAME)["retired"]


def test_warnings_come_before_the_end(clock, start_proxy, pair):
    legacy = pair.authority.issue(PROXY_NAME, "localhost")
    proxy = start_proxy(settings={"certificates": [entry(legacy, legacy=True, until=day(20))]})

    wait_until(lambda: warned(proxy, 30), "the first warning")
    for days_later, warning in ((7, 14), (14, 7), (19, 1)):
        assert not warned(proxy, warning)
        clock.set(days_later)
        wait_until(lambda: warned(proxy, warning), f"the warning of {warning} days", 30)
    assert all(len(warned(proxy, days)) == 1 for days in (30, 14, 7, 1))
    assert any(PROXY_NAME in warning for warning in proxy.status()["warnings"])


def test_who_came_is_known_after_a_restart(start_proxy, pair):
    proxy = start_proxy()
    anna = pair.account("anna@example.org")
    proxy.clients.imap_dialogue(anna).close()
    before = of_name(proxy, PROXY_NAME)
    proxy.stop()
    proxy.start()
    after = of_name(proxy, PROXY_NAME)
    assert after["uses_day"] >= before["uses_day"] >= 1
    assert after["last_login"] == anna.login and after["last_login_at"] == before["last_login_at"]
