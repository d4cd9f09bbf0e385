"""Orders to end: who is told, when the budget cuts, and that nothing outlives it."""

import signal
import time

from support import faults
from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend
from support.stellwerk import connect
from support.waiting import wait_until

ANNA, CARLA = "anna@example.org", "carla@example.com"


def seconds_to_end(proxy) -> float:
    began = time.monotonic()
    proxy.signal(signal.SIGTERM)
    assert proxy.wait_for_end(100) == 0
    return time.monotonic() - began


def test_a_client_that_never_shakes_hands_does_not_hold_up_the_end(start_between):
    proxy = start_between(clear_backend(), clear_backend(), settings={"budgets": {"drain": "1s"}})
    held = connect(proxy.ports["imaps"])
    wait_until(lambda: proxy.log().count("session_started") > len(proxy.ports), "the session")
    assert seconds_to_end(proxy) < 8
    held.close()


def test_a_silent_backend_does_not_hold_up_the_end(start_between):
    slow = {"budgets": {"drain": "1s", "greeting": "30s"}}
    with FakeImap(faults={"login": faults.silent}) as imap, FakeSmtp(faults={"rcpt": faults.silent}) as smtp:
        proxy = start_between(clear_backend(imap=imap.port, smtp=smtp.port), clear_backend(), settings=slow)
        reader, sender = proxy.clients.imap_dialogue(), proxy.clients.smtp_dialogue()
        reader.send(f'LOGIN {ANNA} "secret"')
        sender.say("MAIL FROM:<friend@elsewhere.example>", f"RCPT TO:<{ANNA}>")
        wait_until(lambda: imap.logins, "the login")
        assert seconds_to_end(proxy) < 8


def test_each_drain_has_its_whole_budget(start_between):
    """A second flip's sessions were cut with those of the first."""
    with FakeImap() as fake:
        both = clear_backend(imap=fake.port)
        proxy = start_between(both, both, routes={"example.org": "old", "example.com": "old"},
                              settings={"budgets": {"drain": "4s"}})
        held = {}
        for login in (ANNA, CARLA):
            held[login] = proxy.clients.imap_dialogue()
            assert held[login].login(login, "secret").startswith("OK")
            held[login].send("APPEND INBOX {1000+}")  # never at a safe point
            held[login].say_raw(b"x")
        proxy.flip("example.org", "new")
        first = time.monotonic()
        wait_until(lambda: time.monotonic() - first > 3, "the end of the first budget to come near")
        second = time.monotonic()
        proxy.flip("example.com", "new")
        held[ANNA].rest()
        held[CARLA].rest()
        assert time.monotonic() - second > 3.5


def test_a_reload_leaves_a_submission_to_strangers_alone(start_between):
    """A recipient of no listed domain was taken for misplaced, and the session cut."""
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(), clear_backend(submission=fake.port),
                              settings={"budgets": {"drain": "1s"}})
        dialogue = proxy.clients.submission_dialogue()
        assert dialogue.auth_plain(CARLA, "secret").code == 235
        replies = dialogue.begin(CARLA, "friend@elsewhere.example")
        assert [reply.code for reply in replies] == [250, 250]
        assert dialogue.ask("DATA").code == 354
        dialogue.say_raw(b"Subject: slow\r\n\r\nbegun")
        assert proxy.reload()["draining"] == 0
        began = time.monotonic()
        wait_until(lambda: time.monotonic() - began > 2.5, "the drain budget to be over")
        dialogue.say_raw(b"\r\n.\r\n")
        assert dialogue.reply().code == 250
        assert dialogue.ask("NOOP").code == 250


def test_a_refused_login_counts_nowhere(start_between):
    with FakeImap() as imap, FakeSmtp() as smtp:
        proxy = start_between(clear_backend(imap=imap.port, submission=smtp.port), clear_backend())
        reader, sender = proxy.clients.imap_dialogue(), proxy.clients.submission_dialogue()
        assert reader.login(ANNA, "wrong").startswith("NO")
        assert sender.auth_plain(ANNA, "wrong").code == 535
        wait_until(lambda: proxy.domain("example.org")["sessions"] == {"old": 0, "new": 0}, "no session counted", 3)


def test_a_kick_outlives_the_next_recipient(start_between):
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(submission=fake.port), clear_backend())
        dialogue = proxy.clients.submission_dialogue()
        assert dialogue.auth_plain(ANNA, "secret").code == 235
        assert dialogue.ask(f"MAIL FROM:<{ANNA}>").code == 250
        assert proxy.run("kick", ANNA).returncode == 0
        assert dialogue.ask(f"RCPT TO:<{ANNA}>").code == 250
        assert dialogue.content(b"Subject: x\r\n\r\nx\r\n").code == 250
        dialogue.socket.settimeout(5)
        assert dialogue.reply().code == 421


def test_a_flip_outlives_the_next_recipient(start_between):
    """The 451 to a RCPT cost the session its polite end."""
    with FakeSmtp() as fake:
        both = clear_backend(submission=fake.port)
        proxy = start_between(both, both, settings={"budgets": {"drain": "20s"}})
        dialogue = proxy.clients.submission_dialogue()
        assert dialogue.auth_plain(ANNA, "secret").code == 235
        assert dialogue.ask(f"MAIL FROM:<{ANNA}>").code == 250
        proxy.flip("example.org", "new")
        assert dialogue.ask(f"RCPT TO:<{ANNA}>").code == 451
        assert dialogue.ask("RSET").code == 250
        dialogue.socket.settimeout(5)
        assert dialogue.reply().code == 421


def test_who_is_kicked_and_never_at_a_safe_point_is_cut(start_between):
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(), settings={"budgets": {"drain": "1s"}})
        dialogue = proxy.clients.imap_dialogue()
        assert dialogue.login(ANNA, "secret").startswith("OK")
        dialogue.send("APPEND INBOX {1000+}")
        dialogue.say_raw(b"x")
        assert proxy.ask("kick", ANNA)["kicked"] == 1
        dialogue.socket.settimeout(20)
        dialogue.rest()
        wait_until(lambda: proxy.status()["draining"] == 0, "nobody to drain")


def test_what_drains_is_counted_by_session(start_between):
    """Each recipient of a message was counted as one."""
    with FakeSmtp() as fake:
        both = clear_backend(smtp=fake.port)
        proxy = start_between(both, both)
        dialogue = proxy.clients.smtp_dialogue()
        replies = dialogue.begin("friend@elsewhere.example", *(f"{name}@example.org" for name in ("a", "b", "c")))
        assert [reply.code for reply in replies] == [250] * 4
        assert proxy.flip("example.org", "new")["draining"] == 1
