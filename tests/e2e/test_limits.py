"""Too many connections neither spin nor kill, and nobody who is in is thrown out."""

import resource
import time

import pytest

from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.peer import Gone
from support.proxy_settings import clear_backend
from support.sanitizer import needs_descriptors
from support.stellwerk import connect
from support.waiting import wait_until


@needs_descriptors
def test_running_out_of_descriptors(start_between):
    def few_descriptors():
        resource.setrlimit(resource.RLIMIT_NOFILE, (96, 96))

    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(), before_exec=few_descriptors)
        session = proxy.clients.imap_dialogue()
        assert session.login("anna@example.org", "secret").startswith("OK")
        crowd = [connect(proxy.ports["imaps"]) for _ in range(150)]
        wait_until(lambda: "accept_paused" in proxy.log() or "connection_refused" in proxy.log(),
                   "the proxy to notice", 20)
        cpu, began = proxy.cpu_seconds(), time.monotonic()
        while time.monotonic() < began + 2:
            assert session.ask("NOOP")[-1].startswith("OK")  # who is in stays served
            time.sleep(0.1)
        assert proxy.cpu_seconds() - cpu < 0.6, "spinning"
        for connection in crowd:
            connection.close()

        def login_works():
            try:
                return proxy.clients.imap_dialogue().login("anna@example.org", "secret").startswith("OK")
            except (Gone, OSError):
                return False

        wait_until(login_works, "a login after the crowd has gone", 20)
        assert session.ask("NOOP")[-1].startswith("OK")


def test_connections_per_address(start_between):
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(),
                              settings={"limits": {"connections_per_address": 3}})
        sessions = [proxy.clients.imap_dialogue() for _ in range(3)]
        with pytest.raises((Gone, OSError)):
            proxy.clients.imap_dialogue()
        sessions.pop().close()

        def served():
            try:
                return proxy.clients.imap_dialogue()
            except (Gone, OSError):
                return None

        wait_until(served, "room for the next")


def test_a_client_that_never_logs_in_is_ended(start_between):
    proxy = start_between(clear_backend(), clear_backend(), settings={"limits": {"unauthenticated": "1s"}})
    dialogue = proxy.clients.imap_dialogue()
    began = time.monotonic()
    assert dialogue.rest().startswith((b"* BYE", b""))
    assert 0.5 < time.monotonic() - began < 8


def test_a_client_that_never_finishes_its_handshake_is_ended(start_between):
    proxy = start_between(clear_backend(), clear_backend(), settings={"limits": {"unauthenticated": "1s"}})
    connection = connect(proxy.ports["imaps"])
    connection.sendall(b"\x16\x03\x01")
    began = time.monotonic()
    try:
        while connection.recv(100):
            pass
    except ConnectionResetError:
        pass
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("octets", [b"a1 LOGIN " + b"x" * 200_000, b"a1 LOGIN {100000}\r\n", b"a1 LOGIN {100000+}\r\n",
                                    b"a1 LOGIN {99999999999999999999}\r\n", b"\r\n" * 1000, b"\0" * 20000],
                         ids=["line", "literal", "literal-plus", "literal-too-large", "empty-lines", "zeros"])
def test_no_buffer_grows_before_login(start_between, octets):
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend())
        dialogue = proxy.clients.imap_dialogue()
        try:
            dialogue.say_raw(octets)
            dialogue.say_raw(b"\r\n")
            answer = dialogue.line()
            assert "OK" not in answer and not answer.startswith("+"), answer
        except Gone:
            pass
        assert proxy.clients.imap_dialogue().login("anna@example.org", "secret").startswith("OK")


def test_a_recipient_limit(start_between):
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend(), settings={"limits": {"recipients": 5}})
        dialogue = proxy.clients.smtp_dialogue()
        replies = dialogue.begin("friend@elsewhere.example", *[f"user{n}@example.org" for n in range(7)])
        assert [reply.code for reply in replies] == [250] * 6 + [452] * 2
        assert dialogue.content(b"Subject: x\r\n\r\nx\r\n").code == 250


@pytest.mark.parametrize("line", [b"NOOP " + b"x" * 13000, b"MAIL FROM:<" + b"x" * 13000, b"x" * 100_000],
                         ids=["argument", "path", "verb"])
def test_a_command_line_beyond_the_limit(start_between, line):
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend())
        dialogue = proxy.clients.smtp_dialogue()
        assert dialogue.ask("NOOP " + "x" * 12000).code == 250
        dialogue.say_raw(line + b"\r\nNOOP\r\n")
        reply = dialogue.reply()
        assert (reply.code, reply.enhanced) == (500, "5.5.2")
        assert dialogue.rest() == b""
