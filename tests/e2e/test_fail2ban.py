"""The shipped fail2ban filter finds every refused login, and nobody can have another address banned."""

import subprocess
from pathlib import Path

import pytest

from support.accounts import Account
from support.fake_imap import FakeImap
from support.proxy_settings import clear_backend
from support.waiting import wait_until

FILTER = Path(__file__).parents[2] / "docker" / "fail2ban" / "stellwerk.conf"
HOSTILE = ["nobody@example.org", "anna@example.org", 'x client=192.0.2.66:1 y', 'x" client=192.0.2.66:1 "',
           'x","client":"192.0.2.66:1","y":"', "x\\", 'x\\" client=192.0.2.66:1', "x=1"]


def banned(log: Path) -> list[str]:
    done = subprocess.run(["fail2ban-regex", "--out", "ip", log, FILTER], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("form", ["text", "json"])
def test_every_refused_login_and_nothing_else(start_between, tmp_path, form):
    with FakeImap() as server:
        proxy = start_between(clear_backend(imap=server.port), clear_backend(),
                              accounts=[Account("anna@example.org", "secret")],
                              settings={"log": {"level": "info", "format": form}})
        assert proxy.clients.imap_dialogue().login("anna@example.org", "secret").startswith("OK")
        waiting = [proxy.clients.imap_dialogue() for _ in HOSTILE]
        quoted = (login.replace("\\", "\\\\").replace('"', '\\"') for login in HOSTILE)
        tags = [one.send(f'LOGIN "{login}" wrong') for one, login in zip(waiting, quoted)]
        for one, tag in zip(waiting, tags):
            assert one.until_tagged(tag)[-1].startswith("NO"), HOSTILE
        wait_until(lambda: proxy.log().count("login_refused") == len(HOSTILE), "the log")
        log = tmp_path / "proxy.log"
        log.write_text(proxy.log())
        assert banned(log) == ["127.0.0.1"] * len(HOSTILE)


def test_ipv6_clients_are_found_too(tmp_path):
    log = tmp_path / "proxy.log"
    log.write_text('2026-11-23T02:00:00.123Z info login_refused session=1a listener=imap:993 login=a@example.org '
                   'client=[2001:db8::1]:4711 code="" software=""\n')
    assert banned(log) == ["2001:db8::1"]
