"""A backend that says 250 too early has taken nothing."""

import threading

from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend


def test_a_250_before_the_final_dot_is_not_the_answer_to_it(start_between):
    has_spoken = threading.Event()

    def speaks_early(peer):
        peer.say("354 go ahead")
        peer.until(b"begun")
        peer.say("250 2.0.0 to something else")
        has_spoken.set()
        peer.rest()

    with FakeSmtp(faults={"data": speaks_early}) as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend())
        dialogue = proxy.clients.smtp_dialogue()
        dialogue.begin("friend@elsewhere.example", "anna@example.org")
        assert dialogue.ask("DATA").code == 354
        dialogue.say_raw(b"Subject: x\r\n\r\nbegun\r\n")
        assert has_spoken.wait(10)
        dialogue.say_raw(b"more\r\n.\r\n")
        assert dialogue.reply().code == 451
