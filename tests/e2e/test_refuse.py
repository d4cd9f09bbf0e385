"""Listeners with `tls: refuse`: a service that has ended says so in its own words, and who still comes is counted."""

import urllib.request
from datetime import datetime

import pytest

from support.peer import Peer
from support.stellwerk import connect
from support.waiting import wait_until

NOTICE = "POP3 has ended, use IMAP on port 993"
SAID = {
    "imap": f"* BYE [ALERT] {NOTICE}",
    "pop3": f"-ERR [SYS/PERM] {NOTICE}",
    "submission": f"521 {NOTICE}",
    "smtp": f"521 {NOTICE}",
    "sieve": f'BYE "{NOTICE}"',
}
WITHOUT_POP3 = {"backends": {"old": {"pop3": None}, "new": {"pop3": None}}}


@pytest.fixture
def proxy(start_proxy):
    listeners = {f"ended-{protocol}": (protocol, "refuse", NOTICE) for protocol in SAID}
    return start_proxy(more_listeners={**listeners, "silent": ("pop3", "refuse")}, settings=WITHOUT_POP3)


def refused(proxy, name):
    return next(one for one in proxy.status()["refused"]
                if one["address"] == f"127.0.0.1:{proxy.ports[name]}")


@pytest.mark.parametrize("protocol", SAID)
def test_the_notice_is_told_in_the_protocol_and_counted(proxy, protocol):
    name = f"ended-{protocol}"
    before = refused(proxy, name)["connections"]  # the harness has knocked already
    client = Peer(connect(proxy.ports[name]))
    assert client.rest().decode() == SAID[protocol] + "\r\n"
    seen = refused(proxy, name)
    assert seen["connections"] == before + 1
    assert seen["protocol"] == protocol
    assert datetime.fromisoformat(seen["last"].replace("Z", "+00:00"))
    counted = (f'stellwerk_ended_service_connections_total{{protocol="{protocol}",'
               f'address="127.0.0.1:{proxy.ports[name]}"}} {seen["connections"]}\n')
    assert counted in metrics(proxy)
    wait_until(lambda: f"listener={protocol}:{proxy.ports[name]}" in told(proxy), "the client in the log")


def metrics(proxy):
    with urllib.request.urlopen(f"http://{proxy.settings['admin']['listen']}/metrics", timeout=20) as page:
        return page.read().decode()


def told(proxy):
    return "\n".join(line for line in proxy.log().splitlines() if "notice_told" in line)


def test_without_a_notice_there_are_words_of_ours(proxy):
    client = Peer(connect(proxy.ports["silent"]))
    assert client.line().startswith("-ERR [SYS/PERM] ")
    assert client.rest() == b""


def test_who_speaks_at_once_hears_the_notice_too(proxy):
    """A client that writes before it reads must not lose what it is told to a reset."""
    client = Peer(connect(proxy.ports["ended-pop3"]))
    client.say("CAPA", "USER anna@example.org")
    assert client.rest().decode() == SAID["pop3"] + "\r\n"


def test_status_tells_the_operator(proxy):
    Peer(connect(proxy.ports["ended-pop3"])).rest()
    text = proxy.run("status").stdout
    assert "REFUSES" in text and f"127.0.0.1:{proxy.ports['ended-pop3']}" in text
