"""A server that was slow to take MAIL heard the first recipient although its domain had begun to move meanwhile."""

import threading

from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend


def test_a_recipient_is_held_that_began_to_move_before_the_reply_to_mail(start_between):
    asked, go_on, recipients = threading.Event(), threading.Event(), []

    def take_mail(peer):
        if "friend" in peer.heard[-1]:  # not the proxy's own probe
            asked.set()
            go_on.wait(30)
        peer.say("250 2.1.0 ok")

    def take_recipient(peer):
        recipients.append(peer.heard[-1])
        peer.say("250 2.1.5 ok")

    with FakeSmtp(faults={"mail": take_mail, "rcpt": take_recipient}) as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend(), routes={"example.org": "old"})
        dialogue = proxy.clients.smtp_dialogue()
        assert dialogue.ask("MAIL FROM:<friend@elsewhere.example>").code == 250
        dialogue.say("RCPT TO:<somebody@example.org>")
        assert asked.wait(30)
        proxy.ask("phase", "example.org", "moving")
        go_on.set()
        assert dialogue.reply().code == 451
        assert not [one for one in recipients if "example.org" in one]
