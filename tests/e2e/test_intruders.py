"""Who guesses waits ever longer and takes nobody's place; whoever knows the password notices nothing."""

import socket
import time
import urllib.request

import pytest

from support.accounts import Account
from support.dialogue import ImapDialogue
from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.peer import Gone
from support.proxy_settings import clear_backend
from support.waiting import wait_until

ANNA = Account("anna@example.org", "secret")
BERT = Account("bert@example.org", "secret")


@pytest.fixture
def start(start_between):
    with FakeImap() as imap, FakeSmtp() as smtp:
        yield lambda **limits: start_between(
            clear_backend(imap=imap.port, submission=smtp.port, smtp=smtp.port), clear_backend(),
            accounts=[ANNA, BERT], settings={"limits": {"unauthenticated": "10m", **limits}})


def client_of(proxy, address: str) -> ImapDialogue:
    connection = socket.create_connection(("127.0.0.1", proxy.ports["imaps"]), 60, (address, 0))
    return ImapDialogue(proxy.ports["imaps"], proxy.clients.context, connection=connection)


def delays_of(proxy, login: str, count: int) -> list[int]:
    def told():
        lines = [line for line in proxy.log().splitlines() if " login_refused " in line and f"login={login} " in line]
        return [int(line.partition("delayed_ms=")[2].split()[0]) for line in lines]

    wait_until(lambda: len(told()) >= count, "the log")
    return told()


def test_each_further_guess_waits_longer_and_the_right_password_not_at_all(start):
    proxy = start()
    took = []
    for number in range(7):
        guesser = client_of(proxy, f"127.0.{10 + number}.1")
        began = time.monotonic()
        assert guesser.login(ANNA.login, f"guess {number}").startswith("NO [AUTHENTICATIONFAILED]")
        took.append(time.monotonic() - began)
    told = delays_of(proxy, ANNA.login, 7)
    assert told[:4] == [0] * 4 and 0 < told[4] < told[5] < told[6], told
    assert took[6] >= 3 + told[6] / 1000, took
    began = time.monotonic()
    assert client_of(proxy, "127.0.16.1").login(ANNA.login, ANNA.password).startswith("OK")
    assert time.monotonic() - began < 3  # sooner than any refusal
    metrics = urllib.request.urlopen(f"http://{proxy.settings['admin']['listen']}/metrics").read().decode()
    assert f'stellwerk_logins_delayed_total{{listener="imap:{proxy.ports["imaps"]}"}} 3' in metrics


def test_a_phone_with_an_old_password_locks_nobody_out(start):
    proxy = start()
    phones = [client_of(proxy, "127.0.9.1") for _ in range(12)]
    tags = [phone.send(f'LOGIN "{ANNA.login}" "old password"') for phone in phones]
    for phone, tag in zip(phones, tags):
        assert phone.until_tagged(tag)[-1].startswith("NO")
    assert delays_of(proxy, ANNA.login, 12) == [0] * 12
    neighbour = client_of(proxy, "127.0.9.1")
    assert neighbour.login(BERT.login, "mistyped").startswith("NO")
    assert delays_of(proxy, BERT.login, 1) == [0]
    assert neighbour.login(BERT.login, BERT.password).startswith("OK")


def test_who_has_not_logged_in_leaves_room_for_who_has(start):
    proxy = start(connections=8, connections_per_address=200)
    served = [client_of(proxy, "127.0.9.1") for _ in range(3)]
    for one in served:
        assert one.login(ANNA.login, ANNA.password).startswith("OK")
    idle = [client_of(proxy, f"127.0.{20 + number}.1") for number in range(4)]
    with pytest.raises((Gone, OSError)):
        client_of(proxy, "127.0.30.1")
    in_clear = socket.create_connection(("127.0.0.1", proxy.ports["imap"]), 20)
    assert in_clear.recv(100) == b"* BYE [UNAVAILABLE] Too many connections\r\n"
    wait_until(lambda: proxy.log().count('why="too many without a login"') == 2, "the log")
    seen = proxy.status()["unauthenticated"]
    assert (seen["open"], seen["limit"], seen["refused"]) == (4, 4, 2)
    assert proxy.clients.smtp_dialogue().ask("NOOP").code == 250  # port 25 is not meant
    assert idle.pop().login(BERT.login, BERT.password).startswith("OK")
    wait_until(lambda: proxy.status()["unauthenticated"]["open"] == 3, "the login to be counted")


def test_who_leaves_without_a_login_gives_its_place_back(start):
    proxy = start(connections_per_address=2)
    guests = [client_of(proxy, "127.0.9.1") for _ in range(2)]
    assert client_of(proxy, "127.0.9.2").login(BERT.login, BERT.password).startswith("OK")
    guests.pop().close()
    wait_until(lambda: proxy.status()["unauthenticated"]["open"] == 1, "the place to be free")
    assert client_of(proxy, "127.0.9.1").login(ANNA.login, ANNA.password).startswith("OK")


def test_parked_logins_take_no_place_of_strangers(start):
    proxy = start(connections=8)
    proxy.run("phase", "example.org", "moving")
    parked = [client_of(proxy, f"127.0.{40 + number}.1") for number in range(4)]
    tags = [one.send(f'LOGIN "{ANNA.login}" "{ANNA.password}"') for one in parked]
    wait_until(lambda: proxy.log().count("login_parked") == 4, "the logins to be parked")
    assert proxy.status()["unauthenticated"]["open"] == 0
    proxy.run("phase", "example.org", "old")
    for one, tag in zip(parked, tags):
        assert one.until_tagged(tag)[-1].startswith("OK")
    assert proxy.status()["unauthenticated"]["open"] == 0
