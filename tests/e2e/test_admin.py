"""The admin listener: what Prometheus scrapes and what a health check hears."""

import http.client
import re
import signal
import socket
import threading

import pytest

from support.fake_imap import FakeImap
from support.peer import Gone
from support.ports import free_port
from support.proxy_settings import clear_backend
from support.stellwerk import connect
from support.waiting import answers, wait_until


def admin_port(proxy) -> int:
    return int(re.search(r"admin_listening address=127\.0\.0\.1:(\d+)", proxy.log())[1])


def get(proxy, path: str, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", admin_port(proxy), timeout=20)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def metrics(proxy) -> dict[str, float]:
    """Every sample by its name with labels."""
    status, text = get(proxy, "/metrics")
    assert status == 200
    samples = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = re.fullmatch(r'(\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})?) (\S+)', line).groups()
            assert name not in samples, name
            samples[name] = float(value)
    return samples


def test_sessions_and_logins_are_counted(start_between):
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend())
        listener = f"imap:{proxy.ports['imaps']}"

        def active(backend):
            return metrics(proxy)[f'stellwerk_sessions_active{{listener="{listener}",backend="{backend}"}}']

        before = metrics(proxy)
        idle = proxy.clients.imap_dialogue()
        session = proxy.clients.imap_dialogue()
        assert session.login("anna@example.org", "wrong").startswith("NO")
        assert session.login("anna@example.org", "secret").startswith("OK")
        wait_until(lambda: (active("none"), active("old"), active("new")) == (1, 1, 0), "both to be counted")
        unavailable = proxy.clients.imap_dialogue()
        assert "UNAVAILABLE" in unavailable.login("carl@example.com", "secret")
        after = metrics(proxy)
        for outcome in ("accepted", "refused", "unavailable"):
            name = f'stellwerk_logins_total{{listener="{listener}",outcome="{outcome}"}}'
            assert after[name] - before[name] == 1, outcome
        assert after['stellwerk_backend_failures_total{backend="new"}'] == 1
        assert after['stellwerk_backend_connect_seconds_count{backend="old"}'] == 2
        assert after['stellwerk_backend_connect_seconds_bucket{backend="old",le="+Inf"}'] == 2
        assert after['stellwerk_backend_healthy{backend="old",protocol="imap"}'] == 1
        assert after['stellwerk_backend_healthy{backend="new",protocol="imap"}'] == 0
        assert after['stellwerk_certificate_days_left{name="mail.old.example"}'] in (29, 30)
        for one in (idle, session, unavailable):
            one.close()
        wait_until(lambda: (active("none"), active("old")) == (0, 0), "all to have ended")
        assert after["stellwerk_epoch"] == proxy.status()["epoch"]
        assert proxy.flip("example.org", "new")["epoch"] == metrics(proxy)["stellwerk_epoch"]


def test_transactions_and_refused_connections(start_proxy, pair):
    proxy = start_proxy(settings={"limits": {"connections_per_address": 3}})
    anna = pair.account("anna@example.org")
    with proxy.clients.submission(anna) as client:
        client.sendmail(anna.login, [anna.login], f"From: {anna.login}\r\nSubject: x\r\n\r\nx\r\n")
    assert metrics(proxy)['stellwerk_transactions_total{backend="old",outcome="accepted"}'] == 1
    crowd = []
    with pytest.raises((Gone, OSError)):
        for _ in range(4):
            crowd.append(proxy.clients.imap_dialogue())
    refused = f'stellwerk_connections_refused_total{{listener="imap:{proxy.ports["imaps"]}"}}'
    wait_until(lambda: metrics(proxy)[refused] >= 1, "the refusal to be counted")


def test_health_while_draining(start_between):
    appending = threading.Event()

    def append(peer, tag):
        appending.set()
        peer.octets(10)

    with FakeImap(commands={"APPEND": append}) as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(),
                              settings={"budgets": {"drain": "30s"}})
        assert get(proxy, "/healthz") == (200, "ok\n")
        session = proxy.clients.imap_dialogue()
        assert session.login("anna@example.org", "secret").startswith("OK")
        session.say_raw(b"a9 APPEND INBOX {10}\r\n")  # inside a command: the drain waits for it
        assert appending.wait(20), "the backend never heard it"
        proxy.signal(signal.SIGTERM)
        wait_until(lambda: get(proxy, "/healthz") == (503, "draining\n"), "the drain")
        session.close()
        assert proxy.wait_for_end() == 0


def test_other_requests(start_between):
    proxy = start_between(clear_backend(), clear_backend())
    assert get(proxy, "/")[0] == 404
    assert get(proxy, "/metrics", "POST")[0] == 405
    assert get(proxy, "/healthz", "HEAD") == (200, "")
    for words, status in ((b"nonsense\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 2000, 431)):
        with connect(admin_port(proxy)) as connection:
            connection.sendall(words)
            assert f"HTTP/1.1 {status} " in connection.recv(4096).decode()


def test_a_crowd_that_says_nothing_is_bounded(start_between):
    proxy = start_between(clear_backend(), clear_backend())
    crowd = [connect(admin_port(proxy)) for _ in range(60)]

    def open_sockets():
        with open(f"/proc/{proxy.pid}/net/tcp") as table:
            local = f"0100007F:{admin_port(proxy):04X}"
            return sum(1 for line in table if line.split()[1] == local and line.split()[3] == "01")

    wait_until(lambda: open_sockets() <= 16, "the rest to be closed")
    wait_until(lambda: get_or_none(proxy) == (200, "ok\n"), "the silent ones to have had their time")
    for one in crowd:
        one.close()


def get_or_none(proxy):
    try:
        return get(proxy, "/healthz")
    except (OSError, http.client.HTTPException):
        return None


def test_a_port_that_is_taken(start_between):
    """Written in the file it is a promise; the default must not keep the mail away."""
    proxy = start_between(clear_backend(), clear_backend(), settings={"admin": None})
    with socket.socket() as other:
        port = free_port()
        other.bind(("127.0.0.1", port))
        other.listen()
        proxy.stop()
        proxy.config.write_text(proxy.config.read_text() + f"admin: {{ listen: '127.0.0.1:{port}' }}\n")
        done = proxy.run("serve")
        assert done.returncode == 75
        assert f"cannot listen on 127.0.0.1:{port} (admin.listen): Address already in use" in done.stderr
        assert not answers("127.0.0.1", proxy.ports["imaps"])


def test_two_without_a_word_of_admin_run_side_by_side(start_between):
    first = start_between(clear_backend(), clear_backend(), settings={"admin": None})
    second = start_between(clear_backend(), clear_backend(), settings={"admin": None})
    assert "admin.listen): Address already in use; no metrics, no health" in first.log() + second.log()
    assert first.is_running() and second.is_running()
