"""Moves that something cuts short: the proxy killed at each step, a backend that dies, a disk that is full."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading

import pytest

from support.clients import server_reached
from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.moves import HOOKS, WAIVED, Running, hook, journal, switch
from support.peer import Gone
from support.proxy_settings import clear_backend
from support.waiting import wait_until

BEFORE_THE_COMMIT = ["gates", "hold", "held", "drain", "drained", *(
    f"{step}{when}" for step in ("quiesce", "final_sync", "verify", "before_flip") for when in ("", ".running")), "flip"]
BEHIND_IT = ["flipped", "release"]
# Of servers that are none.
WAIVED_FAKES = [word for gate in ("recipients", "way_back", "no_relay", "accounts", "backends")
                for word in ("--waive", f"{gate}=fake servers")]
EVERY_HOOK = [word for step in HOOKS for word in (f"--{step}", "true")]
SIDES = {"switch": ("old", "new"), "reverse": ("new", "old")}


@pytest.fixture
def servers():
    """Fakes that serve nobody: enough to be moved between."""
    with FakeImap() as old_imap, FakeSmtp() as old_smtp, FakeImap() as new_imap, FakeSmtp() as new_smtp:
        yield clear_backend(imap=old_imap.port, smtp=old_smtp.port), clear_backend(imap=new_imap.port, smtp=new_smtp.port)


def is_running(process):
    """A zombie is not."""
    try:
        state = pathlib.Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] not in "ZX"


def assert_served(proxy, pair, side):
    """People read and send, and mail for them arrives there."""
    anna = pair.account("anna@example.org")
    with proxy.clients.imap(anna) as client:
        assert server_reached(client) == side
    dialogue = proxy.clients.smtp_dialogue()
    assert dialogue.begin("friend@elsewhere.example", anna.login)[-1].code == 250
    dialogue.close()


@pytest.mark.parametrize("command", SIDES)
@pytest.mark.parametrize("point", BEFORE_THE_COMMIT + BEHIND_IT)
def test_a_power_cut_at_every_step(start_proxy, pair, monkeypatch, command, point):
    source, target = SIDES[command]
    phase = target if point in BEHIND_IT else source
    monkeypatch.setenv("STELLWERK_KILL_AT", point)
    proxy = start_proxy(routes={"example.org": source})
    done = proxy.run(command, "example.org", *WAIVED, *EVERY_HOOK)
    assert done.returncode == 69, done.stdout + done.stderr
    assert proxy.wait_for_end() == -signal.SIGKILL
    monkeypatch.delenv("STELLWERK_KILL_AT")
    epoch = json.loads((proxy.folder / "state" / "state.json").read_text())["epoch"]
    proxy.start()
    assert proxy.domain("example.org")["phase"] == phase
    assert f"  example.org: {phase}\n" in proxy.routes_file.read_text()
    assert proxy.status()["epoch"] >= epoch
    assert journal(proxy)[-1]["record"] == ("done" if phase == target else "undone")
    assert_served(proxy, pair, phase)
    again = ["--no-sync=again"] if phase == "new" else []
    code, reply = switch(proxy, *again, command="reverse" if phase == "new" else "switch")
    assert code == 0, reply


def begun_move(proxy, folder, *words):
    """The command line of a switch, as it runs, once its final sync has begun."""
    begun = folder / "begun"
    final_sync = hook(folder, "sync", f"touch {begun}\nwhile :; do sleep 0.05; done\n")
    asked = subprocess.Popen([proxy.binary, "switch", "example.org", *WAIVED, "--final-sync", final_sync, *words,
                              "-c", proxy.config], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: begun.exists() or asked.poll() is not None, "the final sync")
    return asked


@pytest.mark.parametrize("stop", ["SIGTERM", "SIGINT", "drain", "SIGTERM, nobody waits"])
def test_a_stop_during_a_move(start_between, servers, folder, stop):
    proxy = start_between(*servers)
    with begun_move(proxy, folder, *WAIVED_FAKES) as asked:
        if stop == "drain":
            assert proxy.run("drain").returncode == 0
        else:
            if stop == "SIGTERM, nobody waits":
                asked.kill()
                asked.wait()
            proxy.signal(signal.SIGINT if stop == "SIGINT" else signal.SIGTERM)
        assert proxy.wait_for_end(10) == 0
        out, err = asked.communicate(timeout=10)
        if stop != "SIGTERM, nobody waits":
            assert (asked.returncode, "the proxy is stopping" in err) == (69, True), out + err
    proxy.start()
    assert proxy.domain("example.org")["phase"] == "old"
    assert "  example.org: old\n" in proxy.routes_file.read_text()


def test_a_power_cut_on_the_way_back(start_proxy, folder, monkeypatch):
    monkeypatch.setenv("STELLWERK_KILL_AT", "undo")
    proxy = start_proxy()
    undone = folder / "undone"
    undo = hook(folder, "undo", f"echo said by undo\ncat $STELLWERK_ACCOUNTS >{undone}.next\nmv {undone}.next {undone}\n")
    assert proxy.run("switch", "example.org", *WAIVED, "--verify", "false", "--undo", undo).returncode == 69
    assert proxy.wait_for_end() == -signal.SIGKILL
    monkeypatch.delenv("STELLWERK_KILL_AT")
    proxy.start()
    assert proxy.domain("example.org")["phase"] == "old"
    wait_until(undone.exists, "the undo hook of the last process's switch")
    assert "anna@example.org" in undone.read_text()
    wait_until(lambda: proxy.domain("example.org")["move"] is None, "the end of the move")
    assert "undo_done" in proxy.log()
    records = journal(proxy)
    assert [one["record"] for one in records if one["record"] in ("undo", "output", "undone")] == ["undo", "output", "undone"]
    assert records[-2]["detail"] == "said by undo"


def test_a_stop_while_an_undo_hook_is_owed(start_between, servers, folder, monkeypatch):
    """It is run to its end by some start; until then nobody else moves the domain."""
    monkeypatch.setenv("STELLWERK_KILL_AT", "final_sync.running")
    proxy = start_between(*servers)
    began, accounts, go = folder / "undo.began", folder / "undo.accounts", folder / "undo.go"
    undo = hook(folder, "undo", f"""echo x >>{began}
while [ ! -e {go} ]; do sleep 0.05; done
cat "$STELLWERK_ACCOUNTS" >{accounts}
""")
    asked = proxy.run("switch", "example.org", *WAIVED, *WAIVED_FAKES, "--final-sync", "sleep 60", "--undo", undo)
    assert asked.returncode == 69 and proxy.wait_for_end() == -signal.SIGKILL
    monkeypatch.delenv("STELLWERK_KILL_AT")
    for file in (proxy.folder / "state").glob("accounts-*.csv"):
        file.unlink()
    proxy.start()
    wait_until(began.exists, "the undo hook")
    assert proxy.domain("example.org")["phase"] == "old"
    for words in (["switch", "example.org", *WAIVED, *WAIVED_FAKES], ["phase", "example.org", "new"]):
        refused = proxy.run(*words)
        assert (refused.returncode, "being moved" in refused.stderr) == (75, True), refused.stderr
    proxy.edit_route("example.org", "new")
    assert any("is being moved and stays old" in one for one in proxy.reload()["warnings"])
    proxy.edit_route("example.org", "old")
    proxy.stop()
    assert journal(proxy)[-1]["record"] != "undone" and not accounts.exists()
    proxy.start()
    wait_until(lambda: began.read_text().split() == ["x", "x"], "the undo hook again")
    go.touch()
    wait_until(lambda: proxy.domain("example.org")["move"] is None, "the end of the move")
    assert accounts.read_text().startswith("login,old_login,new_login")
    assert journal(proxy)[-1]["record"] == "undone"
    assert not list((proxy.folder / "state").glob("accounts-*.csv"))
    code, reply = switch(proxy, *WAIVED_FAKES)
    assert code == 0, reply
    proxy.stop()
    proxy.start()
    assert proxy.domain("example.org")["phase"] == "new"


def test_a_power_cut_leaves_no_helper_of_a_hook_at_work(start_between, servers, folder, monkeypatch):
    """The kernel ends the hook; a helper that it has started, be it in a session of its own, works on until the start."""
    ready = folder / "helpers"
    final_sync = hook(folder, "sync", f"""setsid sleep 600 &
echo $! >{ready}.next
env -u STELLWERK_ACCOUNTS sleep 600 &
echo $! >>{ready}.next
mv {ready}.next {ready}
wait
""")
    proxy = start_between(*servers)
    asked = subprocess.Popen([proxy.binary, "switch", "example.org", *WAIVED, *WAIVED_FAKES, "--final-sync", final_sync,
                              "-c", proxy.config], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: ready.exists() or asked.poll() is not None, "the helpers")
    helper, stranger = (int(one) for one in ready.read_text().split())
    try:
        proxy.signal(signal.SIGKILL)
        assert proxy.wait_for_end() == -signal.SIGKILL
        asked.communicate(timeout=10)
        assert is_running(helper) and is_running(stranger)
        proxy.start()
        assert not is_running(helper)
        assert is_running(stranger)  # Nobody's hook, for all that a start can know.
        wait_until(lambda: f"a hook of the last process still worked and was killed: sleep ({helper})" in proxy.log(), "its log")
    finally:
        os.kill(stranger, signal.SIGKILL)


@pytest.mark.parametrize("point, phase", [("drain", "old"), ("flipped", "new")])
def test_routes_that_take_no_writes_at_the_start_after_a_power_cut(start_between, servers, monkeypatch, point, phase):
    monkeypatch.setenv("STELLWERK_KILL_AT", point)
    proxy = start_between(*servers)
    assert proxy.run("switch", "example.org", *WAIVED, *WAIVED_FAKES).returncode == 69
    assert proxy.wait_for_end() == -signal.SIGKILL
    monkeypatch.delenv("STELLWERK_KILL_AT")
    in_the_way = proxy.folder / "routes.yaml.next"
    in_the_way.mkdir()
    proxy.start()
    assert "example.org: moving" in proxy.routes_file.read_text()

    def is_red():
        return any(one.startswith("RED: the move of example.org has ended") for one in proxy.status()["warnings"])

    assert proxy.domain("example.org")["phase"] == phase and is_red()
    proxy.reload()
    assert proxy.domain("example.org")["phase"] == phase and is_red()
    cancelled = proxy.run("cancel", "example.org")
    assert cancelled.returncode == (0 if phase == "old" else 75), cancelled.stderr
    in_the_way.rmdir()
    wait_until(lambda: proxy.domain("example.org")["move"] is None, "the end of the move to be written")
    assert f"  example.org: {phase}\n" in proxy.routes_file.read_text() and not is_red()
    assert journal(proxy)[-1]["record"] == ("done" if phase == "new" else "undone")
    proxy.reload()
    assert proxy.domain("example.org")["phase"] == phase


def test_a_power_cut_after_early_deliveries_owes_a_sync(start_proxy, monkeypatch):
    monkeypatch.setenv("STELLWERK_KILL_AT", "final_sync")
    proxy = start_proxy(settings={"policy": {"delivery_while_moving": "target"}})
    assert proxy.run("switch", "example.org", *WAIVED, "--final-sync", "true").returncode == 69
    assert proxy.wait_for_end() == -signal.SIGKILL
    monkeypatch.delenv("STELLWERK_KILL_AT")
    proxy.start()
    owed = "mail for example.org may have gone to new early and stayed there: run a reverse sync"
    assert owed in proxy.log()
    assert proxy.ask("status", "--history", "example.org")["history"][-1]["detail"].endswith(owed)


class InDrain:
    """A move that waits in its drain for a message that is being handed in, as `Running` waits in a hook."""

    def __init__(self, proxy, folder, *words, command):
        self._sender = proxy.clients.smtp_dialogue()
        assert self._sender.begin("friend@elsewhere.example", "anna@example.org")[-1].code == 250
        assert self._sender.ask("DATA").code == 354
        self._running = threading.Thread(target=self._run, args=(proxy, words, command))
        self._running.start()
        wait_until(lambda: (proxy.domain("example.org")["move"] or {}).get("step") == "drain", "the drain", 60)

    def _run(self, proxy, words, command):
        self._result = switch(proxy, *words, command=command)

    def end(self):
        try:
            self._sender.say("Subject: x", "", "x", ".")
            self._sender.reply()
        except Gone:
            pass  # its server has died
        self._sender.close()
        self._running.join(60)
        return self._result


def begin(proxy, folder, step, command):
    words = [] if step == "final-sync" else ["--final-sync", "true"]
    return (InDrain(proxy, folder, *words, command=command) if step == "drain"
            else Running(proxy, folder, *words, command=command, step=step))


@pytest.mark.parametrize("command", SIDES)
@pytest.mark.parametrize("step", ["drain", *HOOKS])
def test_the_target_dies_during_the_move(start_proxy, folder, pair, command, step):
    """Nobody is led to a server that is down."""
    source, target = SIDES[command]
    proxy = start_proxy(routes={"example.org": source})
    running = begin(proxy, folder, step, command)
    pair.server(target).kill()
    try:
        code, reply = running.end()
    finally:
        pair.server(target).resume()
    assert code == 75, reply
    assert reply["domains"][0]["outcome"] == "undone"
    assert f"{target} imap" in reply["error"]["reason"] and reply["error"]["advice"], reply
    assert proxy.domain("example.org")["phase"] == source
    assert_served(proxy, pair, source)


@pytest.mark.parametrize("command", SIDES)
@pytest.mark.parametrize("step", ["drain", *HOOKS])
def test_the_source_dies_during_the_move(start_proxy, folder, pair, command, step):
    """What has been copied is served; there is no way back before that server is."""
    source, target = SIDES[command]
    proxy = start_proxy(routes={"example.org": source})
    running = begin(proxy, folder, step, command)
    pair.server(source).kill()
    try:
        code, reply = running.end()
        assert code == 0, reply
        assert_served(proxy, pair, target)
    finally:
        pair.server(source).resume()


def test_a_drain_that_cannot_end(start_between):
    """A message whose final reply the backend owes: the move gives up, the message does not."""
    thought = threading.Event()

    def think(peer):
        thought.wait(60)
        peer.say("250 2.0.0 taken")

    with FakeImap() as imap, FakeSmtp(faults={"final": think}) as old, FakeSmtp() as new:
        proxy = start_between(*(clear_backend(imap=imap.port, submission=one.port, smtp=one.port) for one in (old, new)),
                              routes={"example.org": "old"}, settings={"budgets": {"freeze": "2s"}})
        sender = proxy.clients.smtp_dialogue()
        assert sender.begin("friend@elsewhere.example", "anna@example.org")[-1].code == 250
        assert sender.ask("DATA").code == 354
        sender.say_raw(b"Subject: x\r\n\r\nx\r\n.\r\n")
        wait_until(lambda: old.seen_data, "the message at the backend")
        code, reply = switch(proxy)
        assert code == 75 and "budgets.freeze is over" in reply["error"]["reason"], reply
        assert proxy.domain("example.org")["phase"] == "old"
        thought.set()
        assert sender.reply().code == 250


def test_a_full_disk_before_the_move(proxy):
    (proxy.folder / "state" / "journal.jsonl").symlink_to("/dev/full")
    code, reply = switch(proxy)
    assert code == 75
    assert "No space left on device" in reply["error"]["reason"] and "make room" in reply["error"]["advice"]
    assert reply["domains"][0]["outcome"] == "refused"
    assert proxy.domain("example.org")["phase"] == "old"


def test_a_full_disk_during_the_move(proxy, folder, pair):
    """The way back takes effect although nobody can write it down, and is written once there is room."""
    path = proxy.folder / "state" / "journal.jsonl"
    running = Running(proxy, folder)
    written = path.read_text()
    path.unlink()
    path.symlink_to("/dev/full")
    code, reply = running.end()
    assert code == 75
    assert "the journal cannot be written" in reply["error"]["reason"], reply
    assert proxy.domain("example.org")["phase"] == "old"
    assert any(warning.startswith("RED: ") for warning in proxy.status()["warnings"])
    assert_served(proxy, pair, "old")
    path.unlink()
    path.write_text(written)
    wait_until(lambda: proxy.domain("example.org")["move"] is None, "the end of the move to be written", 30)
    assert journal(proxy)[-1]["record"] == "undone"


@pytest.fixture
def small_disk(folder):
    """A file system of its own that a test can fill."""
    disk = folder / "small disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], stderr=subprocess.PIPE, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr}")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk):
    """Until not an octet more goes in."""
    with open(disk / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)):
            pass


@pytest.mark.parametrize("answer, phase", [(1, "old"), (0, "new")])
def test_a_full_disk_under_routes_alone(start_proxy, small_disk, folder, pair, answer, phase):
    """A switch is not begun; one that runs ends as it would have, and is written down once there is room."""
    routes = small_disk / "routes.yaml"
    routes.write_text("default: old\ndomains:\n  example.org: old\n")
    proxy = start_proxy(settings={"routes": str(routes)})
    fill(small_disk)
    code, reply = switch(proxy)
    assert code == 75 and "No space left on device" in reply["error"]["reason"], reply
    assert proxy.domain("example.org")["phase"] == "old" and "example.org: old" in routes.read_text()

    (small_disk / "filler").unlink()
    verify = hook(folder, "verify", f"exit {answer}\n")
    running = Running(proxy, folder, "--verify", verify)
    assert "example.org: moving" in routes.read_text()
    fill(small_disk)
    code, reply = running.end()
    assert (code == 0) == (phase == "new"), reply
    assert "example.org: moving" in routes.read_text()
    assert proxy.domain("example.org")["phase"] == phase
    assert any(one.startswith("RED: ") and "No space left on device" in one for one in proxy.status()["warnings"])
    assert_served(proxy, pair, phase)
    epoch = proxy.status()["epoch"]
    (small_disk / "filler").unlink()
    wait_until(lambda: proxy.domain("example.org")["move"] is None, "the end of the move to be written", 30)
    assert f"example.org: {phase}" in routes.read_text()
    assert journal(proxy)[-1]["record"] == ("done" if phase == "new" else "undone")
    assert not any(one.startswith("RED: ") for one in proxy.status()["warnings"])
    assert proxy.status()["epoch"] == epoch + 1
