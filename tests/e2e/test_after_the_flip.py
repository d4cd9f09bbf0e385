"""After the flip: what has become worse is said loudly, and nobody whom the old server knew is bounced on the first day."""

import json

import pytest

from support.clients import new_message
from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend
from support.waiting import wait_until

DOMAIN = "example.org"
KNOWN, UNKNOWN = f"info@{DOMAIN}", f"nobody@{DOMAIN}"


class Choosy(FakeSmtp):
    """Knows only some addresses."""

    def __init__(self, *known):
        self._known = list(known)
        super().__init__()

    def create(self, address):
        self._known.append(address)

    def _at(self, step, peer, otherwise):
        if step == "rcpt" and not any(address in peer.heard[-1] for address in self._known):
            peer.say("550 5.1.1 User unknown")
        else:
            super()._at(step, peer, otherwise)


@pytest.fixture
def servers():
    """`old` knows the address, `new` doesn't."""
    with Choosy(KNOWN) as old, Choosy("else@") as new:
        yield old, new


def answer_for(proxy, address):
    dialogue = proxy.clients.smtp_dialogue()
    try:
        return dialogue.begin("friend@elsewhere.example", address)[-1]
    finally:
        dialogue.close()


def start(start_between, servers):
    return start_between(*(clear_backend(smtp=one.port) for one in servers),
                         routes={DOMAIN: "old", "example.net": "old"})


def test_whom_the_old_server_took_is_not_bounced_by_the_new(start_between, servers):
    proxy = start(start_between, servers)
    assert answer_for(proxy, KNOWN).code == 250
    assert answer_for(proxy, UNKNOWN).code == 550
    proxy.flip(DOMAIN, "new")
    reply = answer_for(proxy, "INFO@example.org")
    assert (reply.code, reply.enhanced) == (450, "4.2.1"), reply
    assert answer_for(proxy, UNKNOWN).code == 550
    for _ in range(3):
        assert answer_for(proxy, KNOWN).code == 450
    assert proxy.log().count(" recipient_doubted ") == 1  # whatever its spelling
    status = proxy.status(DOMAIN)
    assert status["domains"][0]["flip"]["doubted_recipients"] == [KNOWN]
    assert any(warning.startswith("RED: since example.org is new, it refuses 1 address that")
               and "stellwerk reverse example.org" in warning for warning in status["warnings"]), status["warnings"]
    servers[1].create(KNOWN)
    assert answer_for(proxy, KNOWN).code == 250
    assert proxy.domain(DOMAIN)["flip"]["doubted_recipients"] == []


class Strict(FakeSmtp):
    """Refuses everything at one command."""

    refusal = (None, "")

    def _at(self, step, peer, otherwise):
        if step == self.refusal[0]:
            peer.say(self.refusal[1])
        else:
            super()._at(step, peer, otherwise)


@pytest.mark.parametrize("at, words", [
    ("mail", "550 5.7.1 SPF fail"), ("mail", "552 5.3.4 Message size exceeds fixed limit"), ("mail", "550 5.1.8 no such sender"),
    ("rcpt", "554 5.7.1 Client host blocked"), ("rcpt", "550 5.7.23 SPF"), ("rcpt", "552 5.2.2 Mailbox full"),
])
def test_a_refusal_for_another_reason_passes_as_it_is(start_between, at, words):
    with FakeSmtp() as old, Strict() as new:
        proxy = start(start_between, (old, new))
        assert answer_for(proxy, KNOWN).code == 250
        proxy.flip(DOMAIN, "new")
        new.refusal = (at, words)
        reply = answer_for(proxy, KNOWN)
        assert [str(reply.code), reply.enhanced] == words.split()[:2], reply
        assert proxy.domain(DOMAIN)["flip"]["doubted_recipients"] == []
        assert not any(warning.startswith("RED") for warning in proxy.status()["warnings"])
        new.refusal = ("rcpt", "550 5.2.1 disabled")
        assert answer_for(proxy, KNOWN).code == 450


def test_a_restart_forgets_nobody(start_between, servers):
    proxy = start(start_between, servers)
    assert answer_for(proxy, KNOWN).code == 250
    proxy.stop()
    proxy.edit_route(DOMAIN, "new")
    proxy.start()
    assert answer_for(proxy, KNOWN).code == 450


def test_a_restart_stays_red(start_between, servers):
    proxy = start(start_between, servers)
    assert answer_for(proxy, KNOWN).code == 250
    proxy.flip(DOMAIN, "new")
    assert answer_for(proxy, KNOWN).code == 450
    before = proxy.status(DOMAIN)
    proxy.stop()
    proxy.start()
    status = proxy.status(DOMAIN)
    assert any(warning.startswith("RED: since example.org is new, it refuses 1 address") for warning in status["warnings"])
    told = [{key: value for key, value in one["domains"][0]["flip"].items() if key not in ("since", "watched_until")}
            for one in (before, status)]
    assert told[0] == told[1] and told[1]["doubted_recipients"] == [KNOWN]
    assert answer_for(proxy, KNOWN).code == 450
    assert proxy.log().count(" recipient_doubted ") == 1


def test_a_recipient_that_only_mail_told_us_of_is_asked_about(start_proxy, pair):
    """office@ takes mail for an alias that accounts.csv doesn't know; the new server doesn't know it either."""
    proxy = start_proxy()
    with proxy.clients.port25() as client:
        client.send_message(new_message("friend@elsewhere.example", "info@example.org"))
    with pair.new.postfix.without_alias("info@example.org"):
        proxy.write_accounts([account for account in pair.accounts if account.login != "anna@example.org"])
        proxy.reload("--allow-removals")

        def gate():
            done = proxy.run("switch", DOMAIN, "--dry-run", "--json")
            return next(one for one in json.loads(done.stdout)["gates"] if one["name"] == "recipients")

        wait_until(lambda: "info@example.org: old takes it, new refuses it" in gate()["value"],
                   lambda: f"the gate to notice; it says {gate()}", 30)


def test_more_refused_logins_than_before_are_told_with_the_way_back(start_between):
    with FakeImap() as old, FakeImap(password="another") as new:
        proxy = start_between(clear_backend(imap=old.port), clear_backend(imap=new.port), routes={DOMAIN: "old"})
        for _ in range(3):
            assert proxy.clients.imap_dialogue().login(f"anna@{DOMAIN}", "secret").startswith("OK")
        assert proxy.domain(DOMAIN)["flip"] is None
        proxy.flip(DOMAIN, "new")
        waiting = [proxy.clients.imap_dialogue() for _ in range(5)]
        tags = [one.send(f"LOGIN anna@{DOMAIN} secret") for one in waiting]
        for one, tag in zip(waiting, tags):
            assert one.until_tagged(tag)[-1].startswith("NO [AUTHENTICATIONFAILED]")
        flip = proxy.domain(DOMAIN)["flip"]
        assert flip["logins"] == {"before": {"all": 3, "bad": 0}, "after": {"all": 5, "bad": 5}, "worse": True}
        assert any("5 of 5 logins refused, 0 of 3 before" in one and "stellwerk reverse example.org" in one
                   for one in proxy.status()["warnings"])
        assert proxy.log().count(" flip_worse ") == 1
