"""What a client hears last must reach it."""

import pytest

from support.dialogue import ImapDialogue, SmtpDialogue
from support.fake_imap import FakeImap
from support.proxy_settings import clear_backend


@pytest.mark.parametrize("dialogue, listener, words", [(ImapDialogue, "imap", b"* BYE "),
                                                       (SmtpDialogue, "smtp", b"421 4.4.2 ")])
def test_silence_is_answered_before_the_end(start_between, dialogue, listener, words):
    proxy = start_between(clear_backend(), clear_backend(),
                          settings={"limits": {"command": "1s", "unauthenticated": "1s"}})
    assert dialogue(proxy.ports[listener]).rest().startswith(words)


def test_commands_that_cross_a_bye_do_not_reset_the_connection(start_between):
    """A reset makes some systems forget what they had received and not yet read."""
    with FakeImap() as fake:
        both = clear_backend(imap=fake.port)
        proxy = start_between(both, both)
        dialogue = proxy.clients.imap_dialogue()
        assert dialogue.login("anna@example.org", "secret").startswith("OK")
        proxy.flip("example.org", "new")
        assert dialogue.line().startswith("* BYE [UNAVAILABLE]")
        for _ in range(5):
            dialogue.send("NOOP")  # raises Gone after a reset
        assert dialogue.rest() == b""
