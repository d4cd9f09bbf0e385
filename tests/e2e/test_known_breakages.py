"""What breaks mail proxies in the field and has no other test here."""

import threading
import time
import zlib

import pytest

from support import faults
from support.accounts import Account
from support.fake_imap import FakeImap
from support.peer import Gone
from support.proxy_settings import clear_backend


@pytest.mark.parametrize("goodbye", ["* BYE", "* BYE ", "* bye [UNAVAILABLE]"])
def test_a_bye_without_text_is_passed_on(start_between, goodbye):
    def leave(peer, _):
        peer.say(goodbye)
        faults.closes(peer)

    with FakeImap(commands={"NOOP": leave}) as fake:
        client = start_between(clear_backend(imap=fake.port), clear_backend()).clients.imap_dialogue()
        assert client.login("anna@example.org", "secret").startswith("OK")
        client.send("NOOP")
        assert client.rest() == goodbye.encode() + b"\r\n"


def test_a_yes_without_capabilities_is_completed(start_between):
    with FakeImap(capability="IMAP4rev1 SASL-IR AUTH=PLAIN IDLE STARTTLS LOGIN-REFERRALS XEXTRA") as fake:
        client = start_between(clear_backend(imap=fake.port), clear_backend()).clients.imap_dialogue()
        lines = client.ask('LOGIN "anna@example.org" "secret"')
        assert lines == ["OK [CAPABILITY IMAP4rev1 SASL-IR IDLE XEXTRA] logged in"]


@pytest.mark.parametrize("mine, theirs, listed", [
    ("LITERAL+", "LITERAL+", {"LITERAL+"}), ("LITERAL+", "LITERAL-", {"LITERAL-"}), ("LITERAL-", "", set()),
    ("IDLE ENABLE", "IDLE ENABLE", {"IDLE", "ENABLE"}), ("IDLE UNSELECT", "ENABLE UNSELECT", {"UNSELECT"}),
    ("UNAUTHENTICATE LOGIN-REFERRALS MAILBOX-REFERRALS", "UNAUTHENTICATE LOGIN-REFERRALS MAILBOX-REFERRALS", set()),
    ("AUTH=CRAM-MD5 AUTH=GSSAPI", "AUTH=CRAM-MD5 AUTH=GSSAPI", set()),
])
def test_what_both_backends_have_is_listed_before_login(start_between, mine, theirs, listed):
    ours = {"IMAP4rev1", "SASL-IR", "ID", "AUTH=PLAIN", "AUTH=LOGIN"}
    with FakeImap(capability=f"IMAP4rev1 AUTH=PLAIN {mine}") as old, FakeImap(
            capability=f"IMAP4rev1 AUTH=PLAIN {theirs}".rstrip()) as new:
        proxy = start_between(clear_backend(imap=old.port), clear_backend(imap=new.port))
        client = proxy.clients.imap_dialogue()
        assert client.capabilities() == ours | listed
        assert client.ask('ID ("name" "test")')[-1].startswith("OK")


# COMPRESS

class Deflated:
    """A client that has turned on compression (RFC 4978)."""

    def __init__(self, dialogue):
        self._dialogue = dialogue
        self._out = zlib.compressobj(wbits=-15)
        self._in = zlib.decompressobj(wbits=-15)
        assert dialogue.ask("COMPRESS DEFLATE")[-1].startswith("OK")

    def say(self, text: bytes) -> None:
        self._dialogue.say_raw(self._out.compress(text) + self._out.flush(zlib.Z_SYNC_FLUSH))

    def until(self, mark: bytes) -> bytes:
        heard = b""
        while mark not in heard:
            more = self._dialogue.socket.recv(65536)
            if not more:
                raise Gone("closed")
            heard += self._in.decompress(more)
        return heard

    def rest(self) -> bytes:
        return self._in.decompress(self._dialogue.rest())


@pytest.fixture
def anna(pair) -> Account:
    return pair.account("anna@example.org")


def test_a_compressed_session_carries_mail_both_ways(proxy, anna):
    dialogue = proxy.clients.imap_dialogue(anna)
    assert "COMPRESS=DEFLATE" in dialogue.capabilities()
    client = Deflated(dialogue)
    letter = b"Subject: zip\r\n\r\n" + b"0123456789\r\n" * 20000
    client.say(b"c1 APPEND INBOX {%d+}\r\n%s\r\nc2 SELECT INBOX\r\nc3 FETCH * BODY.PEEK[]\r\n" % (len(letter), letter))
    heard = client.until(b"\r\nc3 ")
    assert b"c1 OK" in heard and letter in heard


def test_a_drained_compressed_session_ends_without_a_word_when_quiet(start_proxy, anna):
    proxy = start_proxy(settings={"budgets": {"drain": "20s"}})
    client = Deflated(proxy.clients.imap_dialogue(anna))
    client.say(b"c1 NOOP\r\n")
    client.until(b"c1 OK")
    proxy.flip("example.org", "new")
    assert client.rest() == b""
    assert proxy.domain("example.org")["sessions"]["old"] == 0


def upload_slowly(proxy, anna, flip) -> float:
    """A line now and then, four seconds beyond the flip; returns the longest pause between two."""
    client = Deflated(proxy.clients.imap_dialogue(anna))
    line, lines = b"busy hands\r\n", 1000
    client.say(b"c1 APPEND INBOX {%d+}\r\n" % (len(line) * lines))
    flipping = threading.Thread(target=flip)
    flipping.start()
    until, longest, last = float("inf"), 0.0, time.monotonic()
    pause = threading.Event()
    try:
        while last < until and lines > 1:
            pause.wait(0.05)  # what a slow line does
            client.say(line)
            lines -= 1
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
            if not flipping.is_alive() and until == float("inf"):
                until = last + 4
        client.say(line * lines + b"\r\n")
        assert b"c1 OK" in client.until(b"c1 ")
        assert client.rest() == b""
    except Gone:
        longest = max(longest, time.monotonic() - last)
        assert longest > 1, "cut while it moved"
    flipping.join()
    return longest


def test_a_compressed_upload_is_not_cut_while_it_moves(start_proxy, anna):
    """Two seconds without an octet are quiet; a machine that is too busy to keep moving has another try."""
    proxy = start_proxy(settings={"budgets": {"drain": "60s"}})
    for side in ("new", "old", "new"):
        if upload_slowly(proxy, anna, lambda: proxy.flip("example.org", side)) < 1:
            return
    pytest.skip("the machine is too busy to say when the line is quiet")
