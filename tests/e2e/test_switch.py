"""`switch` and `reverse`: a domain moves as one transaction, or everything is as before."""

import json
import subprocess

import pytest

from support.clients import new_message
from support.moves import HOOKS, WAIVED, Running, hook, journal, switch
from support.waiting import wait_until


def test_a_switch_runs_its_hooks_in_order_and_flips(proxy, folder, pair):
    seen = folder / "seen"
    hooks = []
    for step in HOOKS:
        command = hook(folder, step, f'echo "{step} $1 $STELLWERK_DOMAIN $STELLWERK_FROM $STELLWERK_TO" >>{seen}\n'
                                     f'cp "$STELLWERK_ACCOUNTS" {folder}/accounts\necho said by {step}\n')
        hooks += [f"--{step}", command + " 'two words'"]
    code, reply = switch(proxy, *hooks)
    assert code == 0, reply
    assert [one["outcome"] for one in reply["domains"]] == ["done"]
    assert seen.read_text().splitlines() == [f"{step} two words example.org old new" for step in HOOKS]
    assert "anna@example.org" in (folder / "accounts").read_text()
    assert "bert@example.net" not in (folder / "accounts").read_text()
    assert proxy.domain("example.org")["phase"] == "new"
    assert "  example.org: new\n" in proxy.routes_file.read_text()
    records = journal(proxy)
    assert [one["step"] for one in records if one["record"] == "step"] == [
        "gates", "hold", "drain", "quiesce", "final_sync", "verify", "before_flip"]
    assert [one["record"] for one in records if one["record"] not in ("step", "output")] == ["begin", "flip", "done"]
    assert {one["detail"] for one in records if one["record"] == "output"} == {f"said by {step}" for step in HOOKS}
    anna = pair.account("anna@example.org")
    reader = proxy.clients.imap_dialogue()
    assert reader.login(anna.login, anna.password).startswith("OK")
    assert [one["backend"] for one in proxy.ask("sessions")["sessions"]] == ["new"]


@pytest.mark.parametrize("step", HOOKS)
def test_a_failing_hook_takes_everything_back(proxy, folder, step):
    undone = folder / "undone"
    code, reply = switch(proxy, f"--{step}", "false", "--undo", hook(folder, "undo", f"echo $STELLWERK_TO >{undone}\n"))
    assert code == 75
    assert reply["domains"][0]["outcome"] == "undone"
    assert step.replace("-", "_") in reply["error"]["reason"]
    assert undone.read_text() == "new\n"
    assert proxy.domain("example.org")["phase"] == "old"
    assert "  example.org: old\n" in proxy.routes_file.read_text()
    assert [one["record"] for one in journal(proxy)][-2:] == ["undo", "undone"]
    assert proxy.domain("example.org")["move"] is None


def test_a_hook_that_cannot_run_or_hangs_is_undone(start_proxy, folder):
    proxy = start_proxy(settings={"budgets": {"freeze": "2s"}})
    code, reply = switch(proxy, "--final-sync", "/nonexistent/program")
    assert code == 75 and "cannot run" in reply["error"]["reason"]
    marker = folder / "pid"
    code, reply = switch(proxy, "--final-sync", hook(folder, "hangs", f"echo $$ >{marker}\nsleep 1000 &\nwait\n"))
    assert code == 75 and "budgets.freeze" in reply["error"]["reason"]
    alive = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True).stdout.splitlines()
    group = marker.read_text().strip()
    assert not [line for line in alive if line.split()[0] == group and not line.split()[1].startswith("Z")]
    assert proxy.domain("example.org")["phase"] == "old"


def test_a_hook_that_is_killed_is_undone(proxy, folder):
    code, reply = switch(proxy, "--final-sync", hook(folder, "dies", "kill -9 $$\n"))
    assert code == 75 and "final_sync: the command ended with signal 9" in reply["error"]["reason"], reply
    assert proxy.domain("example.org")["phase"] == "old"


CHATTY = "touch {begun}\nwhile :; do echo a line; done\n"


def test_a_hook_that_never_stops_talking_ends_with_its_budget(start_proxy, folder):
    proxy = start_proxy(settings={"budgets": {"freeze": "2s"}})
    code, reply = switch(proxy, "--final-sync", hook(folder, "chatty", CHATTY.format(begun=folder / "begun")))
    assert code == 75 and "budgets.freeze" in reply["error"]["reason"]
    assert proxy.domain("example.org")["phase"] == "old"


def test_a_hook_that_never_stops_talking_ends_with_cancel(proxy, folder):
    running = Running(proxy, folder, "--verify", hook(folder, "chatty", CHATTY.format(begun=folder / "verifying")))
    running.go.touch()
    wait_until((folder / "verifying").exists, "the chatty hook", 60)
    proxy.ask("cancel", "example.org")
    code, reply = running.end()
    assert code == 75 and "cancelled by" in reply["error"]["reason"]


def test_the_end_of_one_move_is_not_the_end_of_another(proxy, folder):
    """A command with two domains holds the first no longer than that takes."""
    first = Running(proxy, folder, "example.net", "--quiesce", hook(folder, "on-net", f'[ "$STELLWERK_DOMAIN" = example.org ]'
                                                                   f' || while [ ! -e {folder}/net ]; do sleep 0.05; done\n'))
    first.go.touch()
    wait_until(lambda: proxy.domain("example.net")["move"], "the second domain's turn", 60)
    (folder / "other").mkdir()
    second = Running(proxy, folder / "other", command="reverse")
    (folder / "net").touch()
    assert first.end()[0] == 0
    assert proxy.domain("example.org")["move"]["command"] == "reverse"
    assert switch(proxy, "--no-sync=x", command="reverse")[0] == 75
    assert second.end()[0] == 0


def test_what_was_delivered_early_is_owed_by_the_way_back(start_proxy, folder, pair):
    proxy = start_proxy(settings={"policy": {"delivery_while_moving": "target"}})
    running = Running(proxy, folder, "--undo", "false")
    message = new_message("friend@elsewhere.example", "anna@example.org")
    with proxy.clients.port25() as client:
        client.send_message(message)
    pair.wait_for_message("new", "anna@example.org", message["Message-ID"])
    cancelled = proxy.ask("cancel", "example.org")
    code, reply = running.end()
    assert code == 75
    assert len(cancelled["warnings"]) == len(reply["warnings"])
    assert any("1 delivery went to new early" in warning for warning in reply["warnings"]), reply
    assert any("undo: the command ended with exit 1; run it by hand" in warning for warning in reply["warnings"])


def test_gates_that_fail_touch_nothing(proxy):
    done = proxy.run("switch", "example.org", "--json")
    reply = json.loads(done.stdout)
    assert done.returncode == 75
    assert "--waive" in reply["error"]["advice"]
    assert [gate["name"] for gate in reply["gates"] if not gate["ok"] and not gate["waived"]] == ["mx"]
    assert {"backends", "accounts", "recipients", "mx", "no_relay", "old_relays", "way_back", "idle"} == {
        gate["name"] for gate in reply["gates"]}
    assert reply["domains"][0]["outcome"] == "refused"
    assert proxy.domain("example.org")["phase"] == "old"
    assert all(one["record"] != "flip" for one in journal(proxy))


def test_a_dry_run_tells_the_plan_and_touches_nothing(proxy):
    epoch = proxy.status()["epoch"]
    code, reply = switch(proxy, "--dry-run", "--final-sync", "true")
    assert code == 0, reply
    assert [one["step"] for one in reply["domains"][0]["plan"]] == ["gates", "hold", "drain", "final_sync", "flip",
                                                                    "release"]
    assert not (proxy.folder / "state" / "journal.jsonl").exists()
    assert proxy.status()["epoch"] == epoch


def test_usage(proxy):
    for words in (["switch", "example.org", "--waive", "mx"], ["switch", "example.org", "--waive", "nonsense=x"],
                  ["switch"], ["reverse", "example.com"], ["phase", "example.org", "sideways"]):
        assert proxy.run(*words).returncode == 64, words


def test_the_way_back_and_its_reason(proxy):
    code, reply = switch(proxy)
    assert code == 0, reply
    code, reply = switch(proxy, command="reverse")
    assert code == 64
    code, reply = switch(proxy, "--no-sync=nothing has arrived", command="reverse")
    assert code == 0, reply
    assert proxy.domain("example.org")["phase"] == "old"


def test_the_wrong_phase_is_refused(proxy):
    code, reply = switch(proxy, domain="example.com")
    assert code == 75
    assert "example.com is new" in reply["error"]["reason"]


def test_several_domains_stop_at_the_first_that_fails(proxy, folder):
    only_org = hook(folder, "only", '[ "$STELLWERK_DOMAIN" = example.org ]\n')
    done = proxy.run("switch", "example.org", "example.net", *WAIVED, "--verify", only_org, "--json")
    reply = json.loads(done.stdout)
    assert done.returncode == 75
    assert [(one["domain"], one["outcome"]) for one in reply["domains"]] == [("example.org", "done"),
                                                                             ("example.net", "undone")]
    assert proxy.domain("example.org")["phase"] == "new"
    assert proxy.domain("example.net")["phase"] == "old"


def test_cancel_takes_a_running_switch_back(proxy, folder):
    undone = folder / "undone"
    running = Running(proxy, folder, "--undo", hook(folder, "undo", f"sleep 0.5\ntouch {undone}\n"))
    assert proxy.domain("example.org")["phase"] == "moving"
    assert proxy.domain("example.org")["move"]["step"] == "final_sync"
    told = proxy.ask("cancel", "example.org")
    assert undone.exists(), "cancel answers when the undo hook has ended"
    assert told["cancelled"] and told["phase"] == "old" and told["warnings"] == []
    assert proxy.domain("example.org")["phase"] == "old"
    code, reply = running.end()
    assert code == 75 and "cancelled by" in reply["error"]["reason"]
    assert proxy.domain("example.org")["phase"] == "old"
    assert proxy.run("cancel", "example.org").returncode == 75


def test_two_operators_on_one_domain(proxy, folder):
    running = Running(proxy, folder)
    code, reply = switch(proxy)
    assert code == 75 and "being moved already" in reply["error"]["reason"]
    assert reply["gates"][0]["name"] == "idle" and not reply["gates"][0]["ok"]
    done = proxy.run("phase", "example.org", "old", "--json")
    assert done.returncode == 75 and "being moved" in json.loads(done.stdout)["error"]["reason"]
    assert running.end()[0] == 0
    assert proxy.domain("example.org")["phase"] == "new"


def test_edits_made_during_a_switch_stay_and_are_not_loaded(proxy, folder):
    running = Running(proxy, folder)
    text = proxy.routes_file.read_text()
    proxy.routes_file.write_text("# by hand\n" + text.replace("example.net: old", "example.net: new"))
    assert running.end()[0] == 0
    text = proxy.routes_file.read_text()
    assert text.startswith("# by hand\n") and "example.org: new" in text and "example.net: new" in text
    assert proxy.domain("example.net")["phase"] == "old"
    done = proxy.run("phase", "example.com", "returning", "--json")
    assert done.returncode == 75 and "not loaded" in json.loads(done.stdout)["error"]["reason"]
    proxy.reload()
    assert proxy.domain("example.net")["phase"] == "new"


def test_a_reload_during_a_switch_leaves_its_domain_alone(proxy, folder):
    running = Running(proxy, folder)
    proxy.edit_route("example.org", "old")
    proxy.edit_route("example.net", "new")
    told = proxy.reload()
    assert any("being moved" in str(warning) for warning in told["warnings"])
    assert proxy.domain("example.org")["phase"] == "moving"
    assert proxy.domain("example.net")["phase"] == "new"
    assert running.end()[0] == 0
    assert proxy.domain("example.org")["phase"] == "new"
    assert "example.org: new" in proxy.routes_file.read_text()


def test_edges_by_hand(proxy):
    assert proxy.ask("phase", "example.org", "moving")["to"] == "moving"
    assert "  example.org: moving\n" in proxy.routes_file.read_text()
    assert proxy.run("phase", "example.org", "returning").returncode == 78
    assert proxy.run("cancel", "example.org").returncode == 0
    assert proxy.domain("example.org")["phase"] == "old"
    proxy.ask("phase", "elsewhere.example", "new")
    assert "  elsewhere.example: new\n" in proxy.routes_file.read_text()
    history = proxy.ask("status", "--history", "example.org")["history"]
    assert [(one["from"], one["to"]) for one in history] == [("old", "moving"), ("moving", "old")]
