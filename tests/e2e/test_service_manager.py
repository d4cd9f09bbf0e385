"""What systemd hears: readiness, reloads, the end, and the watchdog's pings, which must be deserved."""

import ctypes
import os
import signal
import socket
from pathlib import Path

import pytest

from support.fake_imap import FakeImap
from support.proxy_settings import clear_backend
from support.waiting import wait_until

WATCHDOG_SECONDS = 1.0
_PTRACE_SEIZE, _PTRACE_INTERRUPT, _PTRACE_DETACH = 0x4206, 0x4207, 17
_libc = ctypes.CDLL(None, use_errno=True)


class ServiceManager:
    """Listens on NOTIFY_SOCKET."""

    def __init__(self, folder: Path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.path = folder / "notify"
        self._socket.bind(str(self.path))
        self.heard: list[str] = []

    def listen(self, seconds: float) -> str:
        """The next datagram, or an empty string."""
        self._socket.settimeout(seconds)
        try:
            self.heard.append(self._socket.recv(4096).decode())
        except TimeoutError:
            return ""
        return self.heard[-1]

    def expect(self, text: str, seconds: float = 20) -> None:
        wait_until(lambda: text in self.listen(0.1).splitlines(), lambda: f"{text} in {self.heard}", seconds)


@pytest.fixture
def manager(folder, monkeypatch):
    listening = ServiceManager(folder)
    monkeypatch.setenv("NOTIFY_SOCKET", str(listening.path))
    return listening


@pytest.fixture
def watched(manager, monkeypatch, start_between):
    monkeypatch.setenv("WATCHDOG_USEC", str(int(WATCHDOG_SECONDS * 1e6)))
    with FakeImap() as fake:
        yield start_between(clear_backend(imap=fake.port), clear_backend())


def thread_named(pid: int, name: str) -> int:
    return next(int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()
                if (task / "comm").read_text().strip() == name)


def ptrace(request: int, thread: int) -> None:
    _libc.ptrace.argtypes = [ctypes.c_long] * 4
    if _libc.ptrace(request, thread, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def test_ready_reloading_stopping(manager, start_between):
    proxy = start_between(clear_backend(), clear_backend())
    manager.expect("READY=1")
    proxy.signal(signal.SIGHUP)
    manager.expect("RELOADING=1")
    manager.expect("READY=1")
    proxy.signal(signal.SIGTERM)
    manager.expect("STOPPING=1")
    assert proxy.wait_for_end() == 0
    assert not any("WATCHDOG" in text for text in manager.heard)  # nobody asked for it


def test_a_reload_that_fails_is_over_too(manager, start_between):
    proxy = start_between(clear_backend(), clear_backend())
    manager.expect("READY=1")
    proxy.config.write_text("nonsense: 1\n")
    proxy.signal(signal.SIGHUP)
    manager.expect("RELOADING=1")
    manager.expect("READY=1")
    assert proxy.is_running()


def test_pings_come_in_time(watched, manager):
    for _ in range(5):
        manager.expect("WATCHDOG=1", seconds=WATCHDOG_SECONDS)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may stop one thread of another process")
def test_pings_stop_while_a_worker_hangs(watched, manager):
    manager.expect("WATCHDOG=1")
    thread = thread_named(watched.pid, "worker 1")
    ptrace(_PTRACE_SEIZE, thread)
    ptrace(_PTRACE_INTERRUPT, thread)
    os.waitpid(thread, 0x40000000)  # __WALL: it stands now
    try:
        wait_until(lambda: "watchdog_silent who=\"worker 1\"" in watched.log(), "the log to name it")
        while manager.listen(0.01):
            pass  # sent before
        assert manager.listen(2 * WATCHDOG_SECONDS) == ""
    finally:
        ptrace(_PTRACE_DETACH, thread)
    manager.expect("WATCHDOG=1")
    assert watched.clients.imap_dialogue().login("anna@example.org", "secret").startswith("OK")
