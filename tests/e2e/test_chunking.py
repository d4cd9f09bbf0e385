"""BDAT (RFC 3030): chunks are content whatever is in them, and reach servers that only know DATA."""

import os

import pytest

from support.clients import new_message
from support.dialogue import SmtpDialogue
from support.fake_smtp import FEATURES, FakeSmtp
from support.proxy_settings import clear_backend
from support.waiting import wait_until

SENDER = "friend@elsewhere.example"
LETTER = b"Subject: chunks\r\n\r\nfirst line\r\nsecond line\r\n"


def body_of(content: bytes) -> bytes:
    return content.partition(b"\r\n\r\n")[2]


@pytest.fixture
def fake():
    with FakeSmtp() as running:
        yield running


@pytest.fixture
def between(start_between, fake):
    """A proxy whose two backends are the same fake."""
    return start_between(clear_backend(smtp=fake.port), clear_backend(smtp=fake.port))


def begun(proxy, *recipients: str) -> SmtpDialogue:
    dialogue = proxy.clients.smtp_dialogue()
    replies = dialogue.begin(SENDER, *(recipients or ("anna@example.org",)))
    assert {reply.code for reply in replies} == {250}, replies
    return dialogue


@pytest.mark.parametrize("listener", ["smtp", "submission"])
def test_a_message_in_chunks_reaches_a_real_server(proxy, pair, listener):
    carla = pair.account("carla@example.com")
    dialogue = proxy.clients.smtp_dialogue() if listener == "smtp" else proxy.clients.submission_dialogue(carla)
    assert "CHUNKING" in dialogue.features and "BINARYMIME" not in dialogue.features
    message = new_message(carla.login, carla.login, "One\r\n.\r\nTwo\r\n..\r\n")
    content = message.as_bytes().replace(b"\n", b"\r\n")
    assert [reply.code for reply in dialogue.begin(carla.login, carla.login)] == [250, 250]
    replies = dialogue.chunks(content[:10], content[10:11], b"", content[11:], b"")
    assert [reply.code for reply in replies] == [250] * 5, replies
    assert dialogue.ask("QUIT").code == 221
    stored = pair.wait_for_message("new", carla.login, message["Message-ID"])
    assert body_of(stored.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")) == body_of(content)


def test_the_whole_session_in_one_packet(between, fake):
    dialogue = between.clients.smtp_dialogue()
    half = len(LETTER) // 2
    transaction = (b"MAIL FROM:<friend@elsewhere.example>\r\nRCPT TO:<anna@example.org>\r\n"
                   + b"BDAT %d\r\n" % half + LETTER[:half]
                   + b"BDAT %d LAST\r\n" % (len(LETTER) - half) + LETTER[half:])
    dialogue.say_raw(transaction * 3 + b"QUIT\r\n")
    assert [dialogue.reply().code for _ in range(13)] == [250] * 12 + [221]
    wait_until(lambda: len(fake.taken) == 3, "three messages")
    assert {body_of(taken.content) for taken in fake.taken} == {b"first line\r\nsecond line\r\n"}


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_any_cut_gives_the_same_message(between, fake, size):
    content = b"Subject: cuts\r\n\r\n.\r\n..\r\nlf\nlfdot\n.\ncr\r.\rcrcrlf\r\r\n\n\r.\r\nno end"
    dialogue = begun(between)
    replies = dialogue.chunks(*(content[i:i + size] for i in range(0, len(content), size)))
    assert {reply.code for reply in replies} == {250}
    wait_until(lambda: fake.taken, "the message")
    assert body_of(fake.taken[0].content) == (
        b"..\r\n...\r\nlf\r\nlfdot\r\n..\r\ncr . crcrlf \r\n\r\n .\r\nno end\r\n")  # stuffed again


def test_a_large_chunk_passes_unchanged(between, fake):
    body = b"x" + os.urandom(3_000_000).replace(b"\r", b"x").replace(b"\n", b"\r\n") + b"\r\n"
    dialogue = begun(between)
    assert [reply.code for reply in dialogue.chunks(b"Subject: large\r\n\r\n" + body)] == [250]
    wait_until(lambda: fake.taken, "the message")
    assert body_of(fake.taken[0].content).replace(b"\r\n..", b"\r\n.") == body


def test_rset_between_chunks_leaves_nothing_behind(between, fake):
    dialogue = begun(between)
    dialogue.say_raw(b"BDAT %d\r\n" % len(LETTER) + LETTER + b"RSET\r\n")
    assert [dialogue.reply().code for _ in range(2)] == [250, 250]
    assert [reply.code for reply in dialogue.begin(SENDER, "anna@example.org")] == [250, 250]
    assert [reply.code for reply in dialogue.chunks(LETTER.replace(b"first", b"other"))] == [250]
    wait_until(lambda: fake.taken, "the message")
    assert [body_of(taken.content) for taken in fake.taken] == [b"other line\r\nsecond line\r\n"]


def test_a_client_gone_between_chunks_leaves_nothing_behind(between, fake):
    dialogue = begun(between)
    dialogue.say_raw(b"BDAT %d\r\n" % len(LETTER) + LETTER)
    assert dialogue.reply().code == 250
    dialogue.close()
    wait_until(lambda: all(peer.is_finished for peer in fake.peers), "the backend's connection to end")
    assert fake.taken == []


def test_octets_of_refused_chunks_are_no_commands(between, fake):
    dialogue = between.clients.smtp_dialogue()
    smuggled = b"MAIL FROM:<evil@elsewhere.example>\r\nRCPT TO:<anna@example.org>\r\nDATA\r\nx\r\n.\r\n"
    assert [reply.code for reply in dialogue.chunks(smuggled)] == [503]
    assert dialogue.begin(SENDER, "unknown@elsewhere.example")[1].code in (451, 554)
    assert {reply.code for reply in dialogue.chunks(smuggled, smuggled)} <= {451, 554}
    assert dialogue.ask("NOOP").code == 250
    assert dialogue.ask("QUIT").code == 221
    assert dialogue.rest() == b""
    assert fake.taken == []


def test_a_chunk_of_unknown_size_ends_the_connection(between, fake):
    dialogue = begun(between)
    dialogue.say_raw(b"BDAT 5x LAST\r\nMAIL FROM:<evil@elsewhere.example>\r\n")
    assert dialogue.reply().code == 501
    assert dialogue.rest() == b""


def test_a_route_that_changes_before_the_first_chunk(start_between):
    with FakeSmtp() as old, FakeSmtp() as new:
        proxy = start_between(clear_backend(smtp=old.port), clear_backend(smtp=new.port))
        dialogue = begun(proxy)
        proxy.flip("example.org", "new")
        assert [reply.code for reply in dialogue.chunks(LETTER, LETTER)] == [451, 451]
        assert old.taken == new.taken == []


@pytest.mark.parametrize("by", ["chunks", "data"])
def test_content_beyond_size_is_refused(start_between, by):
    features = tuple(f for f in FEATURES if not f.startswith("SIZE"))
    with FakeSmtp(features=(*features, "SIZE 2000")) as small, FakeSmtp(features=(*features, "SIZE 0")) as large:
        proxy = start_between(clear_backend(smtp=small.port), clear_backend(smtp=large.port))
        dialogue = begun(proxy, "carla@example.com")  # its own server would take any size
        assert dialogue.features["SIZE"] == "2000"
        content = b"Subject: large\r\n\r\n" + b"x" * 1500 + b"\r\n" + b"y" * 1000 + b"\r\n"
        if by == "chunks":
            replies = dialogue.chunks(content[:1500], content[1500:], b"")
            assert [reply.code for reply in replies] == [250, 552, 552]
        else:
            assert dialogue.content(content).code == 552
        assert dialogue.ask("MAIL FROM:<a@elsewhere.example> SIZE=2001").code == 552
        assert [reply.code for reply in dialogue.begin(SENDER, "carla@example.com")] == [250, 250]
        assert dialogue.content(LETTER).code == 250
        wait_until(lambda: large.taken, "the small message")
        assert [body_of(taken.content) for taken in large.taken] == [body_of(LETTER)]
