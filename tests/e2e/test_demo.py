"""The demo itself: what scripts/demo shows, counts and leaves behind."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from support.process import Process
from support.waiting import wait_until

DEMO = Path(__file__).resolve().parent / "scenarios" / "demo.py"
LAST = re.compile(r"demo: logins=(\d+) failed_logins=0 sent=(\d+) delivered_old=(\d+) delivered_new=(\d+) "
                  r"lost=0 duplicated=0")


@pytest.fixture
def demo(tmp_path):
    """Starts the demo with the given words; it is gone after the test."""
    started = []

    def start(*words: str) -> Process:
        started.append(Process([sys.executable, "-B", DEMO, *words], tmp_path / "output"))
        return started[-1]

    yield start
    for process in started:
        process.stop(60)


def folder_of(demo: Process) -> Path:
    """Where it keeps its servers: what its children were started with."""

    def found():
        for entry in Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split():
            words = Path(f"/proc/{entry}/cmdline").read_text()
            if place := re.search(r"/tmp/stellwerk-\w+", words):
                return Path(place[0])
        return None

    return wait_until(found, "a server of the demo", 60)


def processes_in(folder: Path) -> list[str]:
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(entry.read_text().replace("\0", " "))
        except OSError:
            continue  # it has ended
    return [line for line in lines if f"{folder}/" in line]


def test_nothing_is_lost_and_keep_leaves_it_running_until_interrupted(demo):
    running = demo("--keep")
    running.wait_until(lambda: "tail -f" in running.output(), "the demo's last act", 300)
    told = running.output()
    folder = folder_of(running)
    assert processes_in(folder)
    assert os.access(re.search(r"tail -f (\S+)", told)[1], os.R_OK)
    running.signal(signal.SIGINT)
    assert running.wait_for_end(90) == 0, running.output()
    last = LAST.fullmatch(running.output().splitlines()[-1])
    assert last, running.output()
    logins, sent, on_old, on_new = map(int, last.groups())
    assert logins > 0 and sent > 0 and on_old > 0 and on_new > 0
    assert on_old + on_new == sent
    assert not folder.exists() and not processes_in(folder)


def test_an_interrupted_demo_cleans_up(demo):
    running = demo()
    running.wait_until(lambda: "Everyday traffic" in running.output(), "live traffic", 120)
    folder = folder_of(running)
    running.signal(signal.SIGINT)
    assert running.wait_for_end(90) == 130, running.output()
    assert running.output().endswith("Stopped, and cleaned up.\n")
    assert not folder.exists() and not processes_in(folder)
