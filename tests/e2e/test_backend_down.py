"""A server that is down gets a temporary answer in the caller's protocol; the other side goes on."""

import pytest

from support.clients import new_message, server_reached
from support.waiting import wait_until


@pytest.fixture
def old_is_down(pair):
    pair.old.stop()
    yield
    pair.old.resume()


def test_imap(proxy, pair, old_is_down):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.imap_dialogue()
    for _ in range(2):  # and the client may try again on the same connection
        answer = dialogue.login(anna.login, anna.password)
        assert answer.startswith("NO [UNAVAILABLE]"), answer
    assert server_reached(proxy.clients.imap(pair.account("carla@example.com"))) == "new"


def test_submission(proxy, pair, old_is_down):
    anna = pair.account("anna@example.org")
    reply = proxy.clients.submission_dialogue().auth_plain(anna.login, anna.password)
    assert (reply.code, reply.enhanced) == (454, "4.7.0")


def test_delivery(proxy, pair, old_is_down):
    dialogue = proxy.clients.smtp_dialogue()
    _, anna, carla = dialogue.begin("friend@elsewhere.example", "anna@example.org", "carla@example.com")
    assert anna.code == 451 and carla.code == 250
    message = new_message("friend@elsewhere.example", "carla@example.com")
    assert dialogue.content(message.as_bytes().replace(b"\n", b"\r\n")).code == 250
    pair.wait_for_message("new", "carla@example.com", message["Message-ID"])


def test_status_tells_and_the_way_back_is_noticed(proxy, pair):
    def health():
        return {(entry["name"], entry["protocol"]): entry["healthy"] for entry in proxy.status()["backends"]}

    anna = pair.account("anna@example.org")
    wait_until(lambda: all(health().values()), "all backends healthy", 30)
    pair.old.stop()
    try:
        assert proxy.clients.imap_dialogue().login(anna.login, anna.password).startswith("NO [UNAVAILABLE]")
        wait_until(lambda: not health()["old", "imap"], "old imap unhealthy", 30)
        assert health()["new", "imap"]
    finally:
        pair.old.resume()
    wait_until(lambda: proxy.clients.imap_dialogue().login(anna.login, anna.password).startswith("OK"),
               "old to serve again", 30)


def test_a_backend_that_dies_under_a_session_ends_that_session(proxy, pair):
    anna, carla = pair.account("anna@example.org"), pair.account("carla@example.com")
    session, other = proxy.clients.imap_dialogue(anna), proxy.clients.imap_dialogue(carla)
    pair.old.dovecot.stop()
    try:
        assert b"AUTHENTICATIONFAILED" not in session.rest()
        assert other.ask("NOOP")[-1].startswith("OK")
    finally:
        pair.old.dovecot.resume()
