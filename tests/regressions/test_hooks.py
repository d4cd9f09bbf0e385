"""What hooks print, leave behind, and are when they cannot be run."""

import subprocess
from pathlib import Path

import pytest

from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.moves import WAIVED, hook, journal, switch
from support.proxy_settings import clear_backend
from support.waiting import wait_until

WAIVED_FAKES = [word for gate in ("recipients", "way_back", "no_relay", "accounts", "backends")
                for word in ("--waive", f"{gate}=fake servers")]


@pytest.fixture
def proxy(start_between):
    with FakeImap() as old_imap, FakeSmtp() as old_smtp, FakeImap() as new_imap, FakeSmtp() as new_smtp:
        yield start_between(clear_backend(imap=old_imap.port, smtp=old_smtp.port),
                            clear_backend(imap=new_imap.port, smtp=new_smtp.port))


@pytest.mark.parametrize("lines", [3000, 30000])
def test_why_it_failed_is_told_however_much_was_said_before(proxy, folder, lines):
    talks = hook(folder, "talks", f"seq 1 {lines}\necho 'FATAL: quota exceeded' >&2\nexit 1\n")
    asked = proxy.run("switch", "example.org", *WAIVED, *WAIVED_FAKES, "--final-sync", talks)
    assert asked.returncode == 75
    told = [line.partition("| ")[2].partition(" (")[0] for line in asked.stdout.splitlines() if "| " in line]
    kept = [one["detail"] for one in journal(proxy) if one["record"] == "output"]
    assert kept[-1] == told[-1] == "FATAL: quota exceeded"
    assert told == kept
    if lines > 10200:
        assert kept[10000] == f"{lines + 1 - 10200} lines left out"
        assert len(kept) == 10201


def is_alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("end", ["exit 0", "exit 1"])
def test_what_a_hook_starts_ends_with_it(proxy, folder, end):
    left = folder / "left"
    leaves = hook(folder, "leaves", f"sleep 300 &\necho $! >{left}\n{end}\n")
    code, reply = switch(proxy, *WAIVED_FAKES, "--final-sync", leaves)
    assert code == (75 if end == "exit 1" else 0), reply
    wait_until(lambda: not is_alive(int(left.read_text())), "the end of what the hook has left behind")


@pytest.mark.parametrize("step", ["quiesce", "final-sync", "verify", "before-flip", "undo"])
@pytest.mark.parametrize("command, why", [("/nonexistent/sync", "No such file or directory"),
                                          ("no-such-program-anywhere", "No such file or directory"),
                                          ("/proc/version", "Permission denied"),
                                          ("sync 'x", "the command is blank or has an open quote")])
def test_a_hook_that_cannot_be_run_is_refused_before_anything_is_touched(proxy, step, command, why):
    for more in ([], ["--dry-run"]):
        code, reply = switch(proxy, *WAIVED_FAKES, f"--{step}", command, *more)
        assert (code, reply["domains"][0]["outcome"]) == (75, "refused"), reply
        assert step.replace("-", "_") in reply["error"]["reason"] and why in reply["error"]["reason"]
        assert "nothing was touched" in reply["error"]["advice"]
    assert not (proxy.folder / "state" / "journal.jsonl").exists()


def test_a_paused_terminal_hears_how_it_ended(proxy, folder):
    """It takes nothing until the move has ended, and hears of that then."""
    ended = folder / "ended"
    talks = hook(folder, "talks", f"seq -f 'line %0900g' 1 9000\ntouch {ended}\n")
    asked = subprocess.Popen([proxy.binary, "switch", "example.org", *WAIVED, *WAIVED_FAKES, "--final-sync", talks,
                              "-c", proxy.config], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with asked:
        wait_until(ended.exists, "the hook's end", 30)
        wait_until(lambda: proxy.domain("example.org")["phase"] == "new", "the flip", 30)
        wait_until(lambda: proxy.domain("example.org")["move"] is None, "the end of the move", 30)
        out, err = asked.communicate(timeout=60)
        assert asked.returncode == 0, err
        assert "example.org is new" in out


def test_a_paused_terminal_does_not_hold_up_the_end_of_the_proxy(proxy, folder):
    talks = hook(folder, "talks", "seq -f 'line %0900g' 1 9000\nwhile :; do sleep 0.05; done\n")
    asked = subprocess.Popen([proxy.binary, "switch", "example.org", *WAIVED, *WAIVED_FAKES, "--final-sync", talks,
                              "-c", proxy.config], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with asked:
        wait_until(lambda: len(journal(proxy)) > 9000 if (proxy.folder / "state" / "journal.jsonl").exists() else False,
                   "the hook's lines", 30)
        assert proxy.run("drain").returncode == 0
        assert proxy.wait_for_end(10) == 0
        asked.stdout.read()
        assert asked.wait(10) == 69
