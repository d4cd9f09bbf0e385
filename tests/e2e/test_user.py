"""`user:`: bound as root, run as somebody who can do nothing else, and reloaded as that user."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from support.fake_imap import FakeImap
from support.proxy_settings import clear_backend
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def low_port() -> int:
    for port in range(1023, 512, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port below 1024")


def threads(pid: int) -> list[dict[str, str]]:
    """What the kernel says of each thread."""
    return [dict(re.findall(r"^(\w+):\s*(.*)$", (task / "status").read_text(), re.MULTILINE))
            for task in Path(f"/proc/{pid}/task").iterdir()]


@pytest.fixture
def as_nobody(start_between):
    """Starts a proxy that becomes `nobody`; its key is root's alone."""
    with FakeImap() as fake:
        yield lambda: start_between(clear_backend(imap=fake.port), clear_backend(),
                                    settings={"user": "nobody"})


def test_every_thread_is_the_user_without_capabilities(as_nobody):
    proxy = as_nobody()
    epoch = proxy.status()["epoch"]
    proxy.stop()
    port = low_port()
    proxy.config.write_text(proxy.config.read_text().replace(f":{proxy.ports['imaps']}", f":{port}"))
    proxy.ports["imaps"] = port
    proxy.start()  # on the state it left as that user
    assert proxy.status()["epoch"] >= epoch
    assert proxy.clients.imap_dialogue().login("anna@example.org", "secret").startswith("OK")
    seen = threads(proxy.pid)
    assert len(seen) > 3
    for one in seen:
        assert set(one["Uid"].split()) == {"65534"}, one
        assert set(one["Gid"].split()) == {"65534"}, one
        assert set(one["Groups"].split()) <= {"65534"}, one
        assert {one[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}, one
        assert one["NoNewPrivs"] == "1", one
    # Not dumpable: what it has in memory is not even its own user's.
    assert Path(f"/proc/{proxy.pid}/environ").stat().st_uid == 0
    for name in ("state", "state/lock", "state/state.json", "state/control.sock"):
        assert (proxy.folder / name).stat().st_uid == 65534, name
    assert "runs as root" not in proxy.log()


def test_a_reload_reads_the_key_as_the_user(as_nobody):
    proxy = as_nobody()
    key = Path(proxy.settings["certificates"][0]["key"])
    warned = proxy.run("check")
    assert warned.returncode == 0, warned.stdout
    assert re.search(rf"stellwerk\.yaml:\d+:\d+: certificates\[0\]\.key: warning: {key} can't be read by nobody",
                     warned.stdout), warned.stdout
    assert any("can't be read by nobody" in warning for warning in proxy.status()["warnings"])
    epoch = proxy.status()["epoch"]
    refused = proxy.run("reload")
    assert refused.returncode == 78
    assert "Permission denied" in refused.stdout + refused.stderr
    assert proxy.clients.imap_dialogue().login("anna@example.org", "secret").startswith("OK")

    shutil.chown(key, "nobody")
    assert re.search(r"stellwerk\.yaml:\d+:\d+: routes: warning: .* can't be written by nobody; switch, reverse",
                     proxy.run("check").stdout)
    shutil.chown(proxy.folder, "nobody")
    assert "warning" not in proxy.run("check").stdout
    assert proxy.flip("example.org", "new")["epoch"] > epoch
    assert proxy.domain("example.org")["phase"] == "new"
    wait_until(lambda: "can't be read" not in str(proxy.status()["warnings"]), "the warning to go")


def test_who_does_not_exist_or_cannot_be_reached_is_a_problem(as_nobody):
    proxy = as_nobody()
    good = proxy.config.read_text()
    proxy.config.write_text(good.replace("user: nobody", "user: nobody-has-this-name"))
    line = next(number for number, text in enumerate(proxy.config.read_text().splitlines(), 1)
                if text.startswith("user:"))
    expected = f'stellwerk.yaml:{line}:7: user: this machine has no user "nobody-has-this-name"'
    for command in ("check", "serve", "reload"):
        done = proxy.run(command)
        assert done.returncode == 78, command
        assert expected in done.stdout + done.stderr, command
    proxy.config.write_text(good.replace("user: nobody", "user: daemon"))
    binary = shutil.copy(proxy.binary, proxy.folder)  # the build may be in a folder that nobody may enter
    done = subprocess.run([binary, "check", "-c", proxy.config], user="nobody", group="nogroup",
                          extra_groups=[], capture_output=True, text=True)
    assert done.returncode == 78
    assert "user: only root can become daemon; this is nobody" in done.stdout


def test_root_without_user_is_told(start_between):
    proxy = start_between(clear_backend(), clear_backend())
    assert "warning_noted" in proxy.log() and "runs as root" in proxy.log()
    assert "runs as root" not in proxy.run("check").stdout
