"""A PROXY header is needed from a balancer, names the client for everything, and is garbage from anybody else."""

import ssl
import time

import pytest

from support.balancer import SIGNATURE, dial, proxy_v1, proxy_v2, proxy_v2_local
from support.dialogue import ImapDialogue, SmtpDialogue
from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.haproxy import HaProxy
from support.peer import Gone, Peer
from support.proxy_settings import clear_backend
from support.waiting import wait_until

BALANCER = "127.0.0.2"
ANNA = "anna@example.org"


@pytest.fixture
def start(start_between):
    """A proxy each of whose listeners has a balancer at 127.0.0.2."""

    def start(imap=1, smtp=1, settings={}, balancers=(BALANCER,), address="127.0.0.1"):
        return start_between(clear_backend(imap=imap, smtp=smtp), clear_backend(), settings=settings,
                             address=address, listener={"proxy_protocol_from": list(balancers)})

    return start


def imap(proxy, header=b"", source=BALANCER, address="127.0.0.1"):
    port = proxy.ports["imaps"]
    return ImapDialogue(port, proxy.clients.context, connection=dial(port, header, source, address))


def is_closed(connection):
    """Whether the proxy closes without having said anything."""
    return Peer(connection).rest() == b""


@pytest.mark.parametrize("header, client", [
    (proxy_v1("192.0.2.7", 4711), "192.0.2.7:4711"),
    (proxy_v1("2001:db8::7", 4711), "[2001:db8::7]:4711"),
    (proxy_v2("192.0.2.7", 4711), "192.0.2.7:4711"),
    (proxy_v2("2001:db8::7", 4711), "[2001:db8::7]:4711"),
    (proxy_v2("::ffff:192.0.2.7", 4711), "192.0.2.7:4711"),
    (proxy_v2("192.0.2.7", 4711, tlvs=b"\x04\x00\x02xx\x05\x00\x01u"), "192.0.2.7:4711"),
], ids=["v1-ipv4", "v1-ipv6", "v2-ipv4", "v2-ipv6", "v2-mapped", "v2-tlvs"])
def test_the_header_names_the_client(start, header, client):
    with FakeImap() as fake:
        proxy = start(imap=fake.port)
        session = imap(proxy, header)
        assert session.login(ANNA, "secret").startswith("OK")
        line = wait_until(lambda: next((one for one in proxy.log().splitlines() if "login_accepted" in one), None),
                          "the login in the log")
        assert f"client={client}" in line, line
        assert [one["client"] for one in proxy.ask("sessions")["sessions"]] == [client]
        session.close()


@pytest.mark.parametrize("header", [proxy_v2_local(), b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN 6.6.6.6 6.6.6.6 1 1\r\n"],
                         ids=["local", "unknown", "unknown-with-lie"])
def test_the_balancers_own_connections_are_its_own(start, header):
    with FakeImap() as fake:
        proxy = start(imap=fake.port)
        assert imap(proxy, header).login(ANNA, "secret").startswith("OK")
        line = wait_until(lambda: next((one for one in proxy.log().splitlines() if "login_accepted" in one), None),
                          "the login in the log")
        assert f"client={BALANCER}:" in line, line


def test_a_header_in_single_octets_and_one_that_comes_with_what_follows(start):
    """Not an octet more is taken: the handshake begins behind the header, in the same segment."""
    with FakeImap() as fake:
        proxy = start(imap=fake.port)
        for header in (proxy_v1("192.0.2.7"), proxy_v2("192.0.2.7")):
            connection = dial(proxy.ports["imaps"], source=BALANCER)
            for octet in header:
                connection.sendall(bytes([octet]))
            dialogue = ImapDialogue(0, proxy.clients.context, connection=connection)
            assert dialogue.login(ANNA, "secret").startswith("OK")

            connection = dial(proxy.ports["imaps"], source=BALANCER)
            assert b"* OK" in greeted_at_once(connection, header, proxy.clients.context)

            smtp = SmtpDialogue(0, connection=dial(proxy.ports["smtp"], header + b"EHLO client.example\r\n", BALANCER))
            assert smtp.reply().code == 250


def greeted_at_once(connection, header, context):
    """Shakes hands with `header` and ClientHello in one segment; what the server says first then."""
    arriving, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(arriving, leaving, server_hostname="mail.old.example")
    first = header
    while True:
        try:
            tls.do_handshake()
            said = tls.read(1000)
            if said:
                return said
        except ssl.SSLWantReadError:
            pass
        connection.sendall(first + leaving.read())
        first = b""
        arriving.write(connection.recv(65536))


@pytest.mark.parametrize("words, why", [
    (b"\x16\x03\x01\x02\x00", "no_signature"), (b"EHLO client.example\r\n", "no_signature"),
    (b"PROXY TCP4 192.0.2.7 192.0.2.25 1 99999\r\n", "malformed"), (b"PROXY TCP4 192.0.2.7\n", "malformed"),
    (b"PROXY UNKNOWN " + b"x" * 200, "too_long"), (SIGNATURE + b"\x21\x11\xff\xff", "too_long"),
    (SIGNATURE + b"\x11\x11\x00\x0c", "unsupported_version"),
    (proxy_v2("192.0.2.7", tlvs=b"\x03\x00\x04xxxx"), "bad_checksum"),
], ids=["hello", "ehlo", "port", "lone-lf", "v1-long", "v2-long", "version", "checksum"])
@pytest.mark.parametrize("listener", ["imaps", "smtp"])
def test_a_balancer_without_a_good_header_gets_nothing(start, listener, words, why):
    proxy = start()
    assert is_closed(dial(proxy.ports[listener], words, BALANCER))
    wait_until(lambda: f"why={why}" in proxy.log(), "the reason in the log")
    assert "proxy_header_missing" in proxy.log()


@pytest.mark.parametrize("words", [b"", b"PROXY TCP4 192.0", proxy_v2("192.0.2.7")[:-1]],
                         ids=["silent", "v1-unfinished", "v2-unfinished"])
def test_a_header_has_its_budget(start, words):
    proxy = start(settings={"limits": {"unauthenticated": "1s"}})
    began = time.monotonic()
    assert is_closed(dial(proxy.ports["smtp"], words, BALANCER))
    assert 0.5 < time.monotonic() - began < 8
    wait_until(lambda: 'why="too late"' in proxy.log(), "the reason in the log")


@pytest.mark.parametrize("header", [proxy_v1("6.6.6.6"), proxy_v2("6.6.6.6")], ids=["v1", "v2"])
def test_from_all_others_a_header_is_garbage(start, header):
    with FakeImap() as fake, FakeSmtp() as smtp:
        proxy = start(imap=fake.port, smtp=smtp.port)
        with pytest.raises((ssl.SSLError, ConnectionError, Gone)):
            imap(proxy, header, source="127.0.0.3")
        dialogue = SmtpDialogue(0, connection=dial(proxy.ports["smtp"], source="127.0.0.3"))
        assert dialogue.greeting.code == 220
        dialogue.say_raw(header if header.startswith(b"PROXY") else header + b"\r\n")
        assert dialogue.reply().code >= 500
        assert imap(proxy, source="127.0.0.3").login(ANNA, "secret").startswith("OK")
        assert "client=127.0.0.3:" in proxy.log()
        assert "6.6.6.6:" not in proxy.log() and "client=6.6.6.6" not in proxy.log()


def test_limits_count_the_client_not_the_balancer(start):
    with FakeImap() as fake:
        proxy = start(imap=fake.port, settings={"limits": {"connections_per_address": 2}})
        first = imap(proxy, proxy_v2("192.0.2.7", 1))
        sessions = [first, imap(proxy, proxy_v1("192.0.2.7", 2))]
        with pytest.raises((Gone, OSError)):
            imap(proxy, proxy_v2("192.0.2.7", 3))
        refused = Peer(dial(proxy.ports["smtp"], proxy_v2("::ffff:192.0.2.7", 4), BALANCER))
        assert refused.line().startswith("421 4.7.0")
        assert "connection_refused" in proxy.log() and "client=192.0.2.7:4" in proxy.log()
        sessions += [imap(proxy, proxy_v2(f"2001:db8::{n}")) for n in range(5)]
        first.close()

        def served():
            try:
                return imap(proxy, proxy_v2("192.0.2.7", 5))
            except (Gone, OSError):
                return None

        wait_until(served, "room for the next of that address")


def test_connections_that_wait_for_their_header_count_in_total(start):
    proxy = start(settings={"limits": {"connections": 3}})
    waiting = [dial(proxy.ports["imap"], source=BALANCER) for _ in range(2)]

    def greeting():
        return Peer(dial(proxy.ports["imap"], source="127.0.0.3")).line()

    def is_full():
        waiting.append(dial(proxy.ports["imap"], source=BALANCER))
        return greeting().startswith("* BYE")

    wait_until(is_full, "a client to be refused", 60)
    for connection in waiting:
        connection.close()
    wait_until(lambda: greeting().startswith("* OK"), "room again")


def test_a_balancer_that_speaks_ipv6_to_a_listener_of_both(start):
    with FakeImap() as fake:
        proxy = start(imap=fake.port, address="[::]", balancers=["::1", "::ffff:127.0.0.0/120"])
        for address, source in (("::1", ""), ("127.0.0.1", "127.0.0.5")):
            assert imap(proxy, proxy_v2("192.0.2.7"), source, address).login(ANNA, "secret").startswith("OK")
        assert imap(proxy, source="127.0.1.1").login(ANNA, "secret").startswith("OK")
        accepted = [line for line in proxy.log().splitlines() if "login_accepted" in line]
        assert ["client=192.0.2.7:" in line for line in accepted] == [True, True, False]


@pytest.mark.parametrize("how", ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"],
                         ids=["v1", "v2", "v2-crc32c"])
def test_a_real_haproxy(start, folder, how):
    with FakeImap() as fake:
        proxy = start(imap=fake.port)
        with HaProxy(folder / "haproxy", proxy.ports, BALANCER, how) as front:
            for source, address in (("127.0.0.9", "127.0.0.1"), ("", "::1")):
                port = front.ports["imaps"]
                dialogue = ImapDialogue(0, proxy.clients.context, connection=dial(port, source=source, address=address))
                assert dialogue.login(ANNA, "secret").startswith("OK")
            smtp = SmtpDialogue(0, connection=dial(front.ports["smtp"], source="127.0.0.9"))
            assert smtp.ehlo().code == 250
        accepted = [line for line in proxy.log().splitlines() if "login_accepted" in line]
        assert "client=127.0.0.9:" in accepted[0] and "client=[::1]:" in accepted[1], accepted
