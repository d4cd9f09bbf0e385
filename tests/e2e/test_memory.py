"""Back-pressure and idle sessions: memory that doesn't grow with what others don't read."""

import threading
import time

import pytest

from support.authority import Authority
from support.dialogue import ImapDialogue
from support.fake_imap import CAPABILITY, FakeImap
from support.proxy_settings import clear_backend
from support.sanitizer import sanitized
from support.waiting import wait_until

GIB = 1 << 30


class Streamer:
    """The FETCH of a fake backend: a literal of `size` octets; `sent` says how far it has come."""

    def __init__(self, size: int):
        self.size = size
        self.sent = 0

    def __call__(self, peer, tag: str) -> None:
        peer.say(f"* 1 FETCH (BODY[] {{{self.size}}}")
        block = bytes(range(256)) * 1024
        self.sent = 0
        while self.sent < self.size:
            part = block[:self.size - self.sent]
            peer.say_raw(part)
            self.sent += len(part)
        peer.say(")", f"{tag} OK done")

    def is_stalled(self, seconds: float = 1.5) -> bool:
        """Whether nothing has been sent for a while."""
        before, until = self.sent, time.monotonic() + seconds
        while time.monotonic() < until:
            if self.sent != before:
                return False
            time.sleep(0.05)
        return True


@pytest.mark.parametrize("backend_tls", [False, True], ids=["plain-backend", "tls-backend"])
def test_a_stalled_fetch_of_a_gigabyte(start_between, folder, backend_tls):
    stream = Streamer(20_000_000 if sanitized else GIB)
    backend = clear_backend()
    tls = None
    if backend_tls:
        authority = Authority(folder / "backend")
        tls = authority.issue("127.0.0.1")
    with FakeImap(commands={"FETCH": stream}, capability=CAPABILITY + (" STARTTLS" if tls else ""), start_tls=tls.server_context() if tls else None) as fake:
        backend["imap"]["address"] = f"127.0.0.1:{fake.port}"
        if backend_tls:
            backend["imap"].update(tls="starttls", verify="full", ca=str(authority.ca))
        proxy = start_between(backend, clear_backend())
        account = ("anna@example.org", "secret")

        def fetch(wanted: int) -> ImapDialogue:
            dialogue = proxy.clients.imap_dialogue()
            assert dialogue.login(*account).startswith("OK")
            dialogue.send("FETCH 1 BODY[]")
            assert dialogue.line().startswith("* 1 FETCH")
            dialogue.octets(wanted)
            return dialogue

        full, stream.size = stream.size, 5_000_000
        for _ in range(4):  # warm: every worker has had its turn
            fetch(stream.size).close()
        dialogue = proxy.clients.imap_dialogue()
        assert dialogue.login(*account).startswith("OK")
        stream.size = full
        before = proxy.allocated_kib()
        dialogue.send("FETCH 1 BODY[]")
        assert dialogue.line().startswith("* 1 FETCH")
        wait_until(stream.is_stalled, "the backend to be held back", 30)
        assert stream.sent < full
        grown = proxy.allocated_kib() - before
        assert sanitized or grown <= 1024, f"{grown} KiB more for a client that doesn't read"
        # It goes on where it stopped, to the last octet.
        left = full
        while left:
            left -= len(dialogue.octets(min(left, 1 << 20)))
        assert dialogue.line() == ")"
        assert dialogue.line().endswith("OK done")


def test_a_stalled_upload_is_held_back_too(start_between):
    """The backend stops reading an APPEND of 200 MB."""
    go_on = threading.Event()

    def append(peer, tag):
        peer.say("+ go ahead")
        go_on.wait(60)
        left = size
        while left:
            left -= len(peer.octets(min(left, 1 << 16)))
        peer.line()
        peer.say(f"{tag} OK done")

    size = 10_000_000 if sanitized else 200_000_000
    with FakeImap(commands={"APPEND": append}) as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend())
        dialogue = proxy.clients.imap_dialogue()
        assert dialogue.login("anna@example.org", "secret").startswith("OK")
        tag = dialogue.send(f"APPEND INBOX {{{size}}}")
        assert dialogue.line().startswith("+")
        before = proxy.allocated_kib()
        sent = [0]

        def upload():
            block = bytes(1 << 16)
            while sent[0] < size:
                part = block[:size - sent[0]]
                dialogue.say_raw(part)
                sent[0] += len(part)
            dialogue.say("")

        uploader = threading.Thread(target=upload)
        uploader.start()
        marks = []

        def held_back():
            marks.append((time.monotonic(), sent[0]))
            return any(at < marks[-1][0] - 1.5 and octets == sent[0] for at, octets in marks)

        wait_until(held_back, "the client to be held back", 30)
        grown = proxy.allocated_kib() - before
        go_on.set()
        uploader.join(60)
        assert dialogue.until_tagged(tag)[-1].startswith("OK")
        assert sanitized or grown <= 1024, f"{grown} KiB more for a backend that doesn't read"


def test_two_thousand_idle_sessions(start_between):
    count = 200 if sanitized else 2000
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend())
        before = proxy.allocated_kib()
        idle = []
        for number in range(count):
            dialogue = proxy.clients.imap_dialogue()
            assert dialogue.login(f"user{number}@example.org", "secret").startswith("OK")
            idle.append((dialogue, dialogue.idle()))
        each = (proxy.allocated_kib() - before) / count
        assert sanitized or each < 48, f"{each:.1f} KiB per idle session"
        wait_until(lambda: proxy.domain("example.org")["sessions"]["old"] == count, "all to be counted")
        for dialogue, tag in idle[::50]:
            dialogue.say("DONE")
            assert dialogue.until_tagged(tag)[-1].startswith("OK")
        for dialogue, _ in idle:
            dialogue.close()
        wait_until(lambda: proxy.domain("example.org")["sessions"]["old"] == 0, "all to have left", 30)
