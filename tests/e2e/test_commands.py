"""The operator's commands, as text and as JSON, and how the proxy ends."""

import json
import signal
import threading

import pytest

from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend
from support.waiting import wait_until


@pytest.fixture
def anna(pair):
    return pair.account("anna@example.org")


@pytest.fixture
def bert(pair):
    return pair.account("bert@example.net")


def test_status_has_what_the_specification_lists(proxy, pair, anna):
    session = proxy.clients.imap_dialogue(anna)
    status = proxy.status()
    assert isinstance(status["epoch"], int)
    by_domain = {entry["domain"]: entry for entry in status["domains"]}
    org = by_domain["example.org"]
    assert org["phase"] == "old" and org["since"] and org["parked"] == 0 and org["deliveries"] == 0
    assert org["sessions"] == {"old": 1, "new": 0}
    assert by_domain["example.com"]["phase"] == "new"
    assert {(entry["name"], entry["protocol"]) for entry in status["backends"]} == {
        (side, protocol) for side in ("old", "new") for protocol in ("imap", "submission", "smtp")}
    assert all({"healthy", "problem"} <= set(entry) for entry in status["backends"])
    certificate = status["certificates"][0]
    assert "mail.old.example" in certificate["names"] and 25 < certificate["days_left"] < 32
    assert certificate["retired"] is False and certificate["legacy"] is False and certificate["not_after"]
    assert isinstance(status["warnings"], list) and isinstance(status["gates"], list)
    session.close()
    wait_until(lambda: proxy.domain("example.org")["sessions"]["old"] == 0, "the session to be gone")


def test_status_of_one_domain(proxy):
    for spelling in ("example.net", "Example.NET"):
        assert [entry["domain"] for entry in proxy.status(spelling)["domains"]] == ["example.net"]
    text = proxy.run("status", "example.net")
    assert text.returncode == 0 and "example.net" in text.stdout and "example.org" not in text.stdout


def test_no_relay_passes_for_both_servers(proxy):
    def passed():
        gates = [gate for gate in proxy.status()["gates"] if gate["name"].startswith("no_relay")]
        return gates and all(gate["ok"] for gate in gates)

    wait_until(passed, "no_relay to pass", 20)


def test_sessions_lists_who_is_where(proxy, anna, bert):
    dialogues = [proxy.clients.imap_dialogue(anna), proxy.clients.submission_dialogue(bert)]
    listed = proxy.ask("sessions")
    text = json.dumps(listed)
    assert anna.login in text and bert.login in text and anna.password not in text
    shown = proxy.run("sessions").stdout
    assert anna.login in shown and bert.login in shown
    del dialogues


@pytest.mark.parametrize("who", ["anna@example.org", "example.org"])
def test_kick_ends_sessions_politely(proxy, anna, bert, who):
    kicked, stays = proxy.clients.imap_dialogue(anna), proxy.clients.imap_dialogue(bert)
    kicked.idle()
    assert proxy.run("kick", who).returncode == 0
    assert kicked.line().startswith("* BYE")
    assert kicked.rest() == b""
    assert stays.ask("NOOP")[-1].startswith("OK")


@pytest.mark.parametrize("how", ["drain", "SIGTERM"])
def test_the_end_is_polite(proxy, anna, how):
    idle, submission = proxy.clients.imap_dialogue(anna), proxy.clients.submission_dialogue(anna)
    idle.idle()
    if how == "drain":
        assert proxy.run("drain").returncode == 0
    else:
        proxy.signal(signal.SIGTERM)
    assert idle.line().startswith("* BYE")
    assert submission.reply().code == 421
    assert proxy.wait_for_end() == 0
    with pytest.raises(OSError):
        proxy.clients.imap_dialogue()


def test_the_final_dots_reply_outlives_the_end(start_between):
    """SIGTERM while the backend thinks about the message: the client still hears its 250."""
    thinking, go_on = threading.Event(), threading.Event()

    def final(peer):
        thinking.set()
        go_on.wait(30)
        peer.say("250 2.0.0 taken")

    with FakeSmtp(faults={"final": final}) as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend(),
                              settings={"budgets": {"drain": "1s"}})
        dialogue = proxy.clients.smtp_dialogue()
        assert dialogue.begin("friend@elsewhere.example", "anna@example.org")[1].code == 250
        assert dialogue.ask("DATA").code == 354
        dialogue.say_raw(b"Subject: x\r\n\r\nx\r\n.\r\n")
        assert thinking.wait(20)
        proxy.signal(signal.SIGTERM)
        wait_until(lambda: "draining" in proxy.log(), "the drain to begin")
        with pytest.raises(AssertionError):
            wait_until(lambda: not proxy.is_running(), "an end that must not come", 3)
        go_on.set()
        assert dialogue.reply().code == 250
        assert proxy.wait_for_end() == 0


def test_a_second_serve_on_the_same_state_is_refused(proxy):
    second = proxy.run("serve")
    assert second.returncode == 75, second.stdout + second.stderr
    assert proxy.status()["epoch"] >= 1


def test_without_a_running_proxy(proxy):
    proxy.stop()
    for words in (("status",), ("reload",), ("sessions",), ("kick", "example.org"), ("drain",)):
        assert proxy.run(*words).returncode == 69, words
        assert "error" in json.loads(proxy.run(*words, "--json").stdout)


def test_usage(proxy):
    for words in (("dance",), ("kick",), ("status", "--yaml")):
        done = proxy.run(*words)
        assert done.returncode == 64 and done.stderr, words
        done = proxy.run(*words, "--json")
        assert done.returncode == 64 and json.loads(done.stdout)["error"]["reason"], words


@pytest.mark.parametrize("words", [
    (b"switch", b"m\xfcller.example"), (b"switch", b"example.org", b"--waive", b"mx=M\xfcller"),
    (b"reverse", b"example.org", b"--no-sync=f\xfcr"), (b"status", b"m\xfcller.example"), (b"kick", b"b\xfcro"),
])
def test_octets_that_are_no_text_are_misuse(proxy, words):
    done = proxy.run(*words)
    assert done.returncode == 64 and "\\xfc" in done.stderr and "is not UTF-8" in done.stderr, done.stderr
    done = proxy.run(*words, "--json")
    assert done.returncode == 64 and "is not UTF-8" in json.loads(done.stdout)["error"]["reason"]


def test_kick_by_session(proxy, anna):
    kicked, stays = proxy.clients.imap_dialogue(anna), proxy.clients.imap_dialogue(anna)
    name = proxy.ask("sessions")["sessions"][0]["id"]
    assert proxy.ask("kick", f"session={name}")["kicked"] == 1
    wait_until(lambda: len(proxy.ask("sessions")["sessions"]) == 1, "one session to be gone")
    assert proxy.ask("sessions")["sessions"][0]["id"] != name
    del kicked, stays


def test_waivers_leave_the_domains_alone(proxy):
    """Whatever stands behind a waiver's value is a domain."""
    for words in (("--waive", "mx=x", "example.org", "example.net"), ("example.org", "--waive", "mx=x", "example.net"),
                  ("example.org", "example.net", "--waive", "mx=x")):
        done = proxy.run("switch", *words, "--dry-run", "--json")
        assert [one["domain"] for one in json.loads(done.stdout)["domains"]] == ["example.org", "example.net"], done.stdout


def test_the_epoch_survives_a_restart(proxy):
    proxy.flip("example.org", "new")
    before = proxy.status()["epoch"]
    proxy.stop()
    proxy.start()
    assert proxy.status()["epoch"] >= before


def test_a_kill_leaves_nothing_that_hinders_the_next_start(proxy, anna):
    proxy.kill()
    proxy.start()
    assert proxy.clients.imap_dialogue(anna).ask("NOOP")[-1].startswith("OK")


def test_the_control_socket_is_the_owners_alone(proxy):
    assert (proxy.folder / "state" / "control.sock").stat().st_mode & 0o777 == 0o600
