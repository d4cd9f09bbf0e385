"""Thirty megabytes go both ways byte for byte, over TLS on both legs."""

import hashlib
import random

import pytest

from support.clients import new_message

SIZE = 30_000_000


def big_message() -> bytes:
    """Base64-like lines that differ from run to run, in CRLF."""
    block = random.randbytes(57 * 1000)
    lines = [block[at:at + 38].hex().encode() for at in range(0, len(block), 38)]
    body = b"\r\n".join(lines) + b"\r\n"
    head = b"Subject: large\r\n\r\n"
    return (head + body * (SIZE // len(body) + 1))[:SIZE - 2] + b"\r\n"


@pytest.mark.parametrize("login", ["anna@example.org", "carla@example.com"])
@pytest.mark.parametrize("leg", ["starttls", "implicit"])
def test_append_and_fetch(start_proxy, pair, login, leg):
    proxy = start_proxy(imap=(leg, leg))
    client = proxy.clients.imap(pair.account(login))
    text = big_message()
    assert client.append("INBOX", None, None, text)[0] == "OK"
    client.select("INBOX")
    number = client.search(None, "ALL")[1][0].split()[-1]
    fetched = client.fetch(number, "BODY.PEEK[]")[1][0][1]
    assert len(fetched) == len(text)
    assert hashlib.sha256(fetched).digest() == hashlib.sha256(text).digest()
    client.store(number, "+FLAGS", r"\Deleted")
    client.expunge()


@pytest.mark.parametrize("listener", ["submission", "smtp"])
def test_data(proxy, pair, listener):
    carla = pair.account("carla@example.com")
    dialogue = proxy.clients.submission_dialogue(carla) if listener == "submission" else proxy.clients.smtp_dialogue()
    message = new_message(carla.login, carla.login)
    body = big_message().partition(b"\r\n\r\n")[2]
    assert dialogue.begin(carla.login, carla.login)[1].code == 250
    assert dialogue.content(message.as_bytes().partition(b"\n\n")[0].replace(b"\n", b"\r\n") + b"\r\n\r\n" + body).code == 250
    stored = pair.wait_for_message("new", carla.login, message["Message-ID"])
    assert stored.replace(b"\r\n", b"\n").partition(b"\n\n")[2] == body.replace(b"\r\n", b"\n")
