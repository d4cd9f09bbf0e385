"""RSET between two chunks ends the transaction, not the login's own connection to its server."""

import pytest

from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend


@pytest.mark.parametrize("begun", [b"Subject: a", b"Subject: a\r\n\r\nnever to be sent\r\n"])
def test_the_next_message_goes_over_the_same_login(start_between, begun):
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(submission=fake.port), clear_backend())
        dialogue = proxy.clients.submission_dialogue()
        assert dialogue.auth_plain("anna@example.org", "secret").code == 235
        for _ in range(2):
            assert {reply.code for reply in dialogue.begin("anna@example.org", "bert@example.org")} == {250}
            dialogue.say_raw(b"BDAT %d\r\n" % len(begun) + begun)
            assert dialogue.reply().code == 250
            assert dialogue.ask("RSET").code == 250
        assert {reply.code for reply in dialogue.begin("anna@example.org", "bert@example.org")} == {250}
        assert [reply.code for reply in dialogue.chunks(b"Subject: b\r\n\r\n", b"one", b" two\r\n")] == [250] * 3
        assert len(fake.logins) == 1
        assert [content.split(b"\r\nSubject: ")[1] for content in fake.seen_data] == [b"b\r\n\r\none two\r\n"]


def test_a_long_message_in_chunks_is_not_kept(start_between):
    """Held back is little: the rest flows on while it comes."""
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(submission=fake.port), clear_backend())
        dialogue = proxy.clients.submission_dialogue()
        dialogue.auth_plain("anna@example.org", "secret")
        dialogue.begin("anna@example.org", "bert@example.org")
        body = b"".join(b"%07d\r\n" % number for number in range(20_000))
        pieces = [body[at:at + 9_000] for at in range(0, len(body), 9_000)]
        assert {reply.code for reply in dialogue.chunks(b"Subject: long\r\n\r\n", *pieces)} == {250}
        assert fake.seen_data[0].endswith(b"\r\nSubject: long\r\n\r\n" + body)
