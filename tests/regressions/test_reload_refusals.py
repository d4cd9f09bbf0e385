"""What a reload meets on disk: it refuses, says why, and goes on serving."""

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest

from support.accounts import Account
from support.proxy_settings import clear_backend
from support.waiting import wait_until


@pytest.fixture
def proxy(start_between):
    return start_between(clear_backend(), clear_backend(), accounts=[Account("anna@example.org", "secret")])


@contextlib.contextmanager
def replaced_by_fifo(file: Path):
    aside = file.with_name(file.name + ".aside")
    file.rename(aside)
    os.mkfifo(file)
    try:
        yield
    finally:
        aside.replace(file)


def refused(proxy, code: int) -> dict:
    done = proxy.run("reload", "--json", timeout=20)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)["error"]


def test_a_reload_whose_epoch_cannot_be_kept_is_refused(proxy):
    """It took force with a warning, and after a restart the epoch was lower."""
    before = proxy.status()["epoch"]
    state = proxy.folder / "state/state.json"
    state.unlink()
    state.mkdir()
    proxy.edit_route("example.org", "new")
    error = refused(proxy, 75)
    assert "state.json" in error["reason"] and f"epoch {before}" in error["reason"] and error["advice"]
    assert "reload_refused" in proxy.log()
    status = proxy.status()
    assert status["epoch"] == before
    assert next(one["phase"] for one in status["domains"] if one["domain"] == "example.org") == "old"
    state.rmdir()
    assert proxy.reload()["epoch"] == before + 1
    proxy.stop()
    proxy.start()
    assert proxy.status()["epoch"] == before + 1
    assert proxy.domain("example.org")["phase"] == "new"


@pytest.mark.parametrize("name", ["routes.yaml", "accounts.csv", "chain", "key"])
def test_a_file_that_is_none_holds_up_no_reload(proxy, name):
    """A FIFO was opened, and the reload and all that followed waited for its writer."""
    certificate = proxy.settings["certificates"][0]
    file = Path(certificate[name]) if name in certificate else proxy.folder / name
    before = proxy.status()["epoch"]
    with replaced_by_fifo(file):
        problems = [one["message"] for one in refused(proxy, 78)["problems"]]
        assert [text for text in problems if "is not a regular file" in text], problems
        assert proxy.status()["epoch"] == before
    assert proxy.reload()["epoch"] == before + 1


def test_nor_does_a_stellwerk_yaml_that_is_none(proxy):
    before = proxy.status()["epoch"]
    with replaced_by_fifo(proxy.config):
        proxy.signal(signal.SIGHUP)
        wait_until(lambda: "reload_refused" in proxy.log(), "the refusal")
        assert "is not a regular file" in refused(proxy, 78)["reason"]
    assert proxy.reload()["epoch"] == before + 1


def test_a_signal_hears_of_every_problem_in_the_log(proxy):
    """It heard how many there were, and had to run `check` for what they are."""
    routes = proxy.routes_file.read_text()
    proxy.routes_file.write_text("default: older\ndomains:\n  example.org: nwe\n")
    proxy.signal(signal.SIGHUP)
    wait_until(lambda: "reload_refused" in proxy.log(), "the refusal")
    noted = [line for line in proxy.log().splitlines() if " problem_noted " in line]
    assert len(noted) == 2, noted
    assert "routes.yaml:1:10: default: " in noted[0] and "routes.yaml:3:16: domains.example.org: " in noted[1]
    proxy.routes_file.write_text(routes)
    proxy.write_settings({**proxy.settings, "workers": 1})
    proxy.signal(signal.SIGHUP)
    wait_until(lambda: "reload_done" in proxy.log(), "the reload")
    assert "workers: warning: has changed, which takes effect at the next start only" in proxy.log()


def test_an_epoch_that_cannot_be_read_is_not_begun_anew(proxy):
    """It started with epoch 1 as if no proxy had run here before."""
    state = proxy.folder / "state/state.json"
    proxy.stop()
    kept = state.read_bytes()
    state.unlink()
    state.symlink_to(state.name)
    done = proxy.run("serve", timeout=20)
    assert done.returncode == 75 and "state.json is there and cannot be read" in done.stderr, done.stderr
    state.unlink()
    state.write_bytes(kept)
    proxy.start()
