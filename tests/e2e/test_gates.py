"""The gates of `switch`: what is measured before anything is touched."""

import json

import pytest

from support.accounts import Account
from support.fake_dns import MX, A, FakeDns

DOMAIN = "example.org"
OURS = {(DOMAIN, MX): [(10, "mx.example.org")], ("mx.example.org", A): ["192.0.2.25"]}


def measured(proxy, *words):
    done = proxy.run("switch", DOMAIN, "--dry-run", *words, "--json")
    reply = json.loads(done.stdout)
    return {gate["name"]: gate for gate in reply["gates"]}, done.returncode


@pytest.fixture
def with_dns(start_proxy):
    opened = []

    def start(records, ttl=300, **more):
        dns = FakeDns(records, ttl)
        opened.append(dns)
        return start_proxy(settings={"dns": {"servers": [dns.address]}, "public_addresses": ["192.0.2.25"]}, **more)

    yield start
    for dns in opened:
        dns.__exit__()


def test_all_pass_between_servers_that_are_alike(with_dns):
    gates, code = measured(with_dns(OURS))
    assert code == 0, gates
    assert all(gate["ok"] for gate in gates.values()), gates
    assert "mx.example.org" in gates["mx"]["value"] and "TTL 300" in gates["mx"]["value"]


@pytest.mark.parametrize("records, ttl, words", [
    ({**OURS, (DOMAIN, MX): [(10, "mx.example.org"), (20, "backup.example.net")],
      ("backup.example.net", A): ["198.51.100.7"]}, 300, "backup.example.net leads to 198.51.100.7"),
    (OURS, 86400, "TTL 86400"),
    ({(DOMAIN, MX): [(0, ".")]}, 300, "null MX"),
    ({(DOMAIN, A): ["198.51.100.7"]}, 300, "no MX record, so example.org leads to 198.51.100.7"),
    ({(DOMAIN, MX): [(10, "gone.example.org")]}, 300, "gone.example.org"),
])
def test_mx_that_leads_elsewhere(with_dns, records, ttl, words):
    gates, code = measured(with_dns(records, ttl))
    assert code == 75
    assert not gates["mx"]["ok"] and words in gates["mx"]["value"], gates["mx"]


def test_a_domain_without_mx_has_its_own_address_for_one(with_dns):
    gates, code = measured(with_dns({(DOMAIN, A): ["192.0.2.25"]}))
    assert code == 0 and gates["mx"]["value"] == "no MX record, so example.org, TTL 300 s", gates["mx"]


def test_an_address_that_was_there_before_has_to_leave_the_caches_too(start_proxy):
    host = ("mx.example.org", A)
    with FakeDns({**OURS, host: ["198.51.100.7"]}, ttl=86400) as dns:
        proxy = start_proxy(settings={"dns": {"servers": [dns.address]}, "public_addresses": ["192.0.2.25"]})
        gate = measured(proxy)[0]["mx"]
        assert "mx.example.org leads to 198.51.100.7" in gate["value"] and "TTL 86400" in gate["value"], gate
        dns.records, dns.ttl = OURS, 300  # the same MX; the gate asks afresh and knows what it has seen
        for restarts in (False, True):
            if restarts:
                proxy.stop()
                proxy.start()
            gate = measured(proxy)[0]["mx"]
            assert not gate["ok"] and gate["value"].startswith("other records were there before"), gate
        dns.records = {**OURS, host: ["198.51.100.7"]}
        assert "mx.example.org leads to 198.51.100.7" in measured(proxy)[0]["mx"]["value"]


def test_an_address_may_live_longer_than_its_mx(with_dns):
    gates, code = measured(with_dns(OURS, {MX: 300, A: 7200}))
    assert code == 75 and not gates["mx"]["ok"] and gates["mx"]["value"] == "mx.example.org, TTL 7200 s"


def test_records_that_were_there_before_have_to_leave_the_caches(start_proxy):
    theirs = {(DOMAIN, MX): [(10, "mx.elsewhere.example")], ("mx.elsewhere.example", A): ["198.51.100.7"]}
    with FakeDns(theirs, ttl=86400) as dns:
        proxy = start_proxy(settings={"dns": {"servers": [dns.address]}, "public_addresses": ["192.0.2.25"]})
        gates, code = measured(proxy)
        assert code == 75 and "mx.elsewhere.example leads to 198.51.100.7" in gates["mx"]["value"], gates
        dns.records, dns.ttl = OURS, 300
        proxy.stop()
        proxy.start()  # it remembers
        gates, code = measured(proxy)
        assert code == 75 and "other records were there before, and caches may have them until" in gates["mx"]["value"]


def test_an_address_that_neither_server_knows(with_dns, pair):
    proxy = with_dns(OURS, accounts=[*pair.accounts, Account("nobody-there@example.org", "secret")])
    gates, code = measured(proxy)
    assert code == 0, gates  # both refuse it: alike
    assert "one of nobody: all alike" in gates["recipients"]["value"]


def test_two_accounts_that_become_one(with_dns, pair):
    proxy = with_dns(OURS)
    rows = proxy.accounts_file.read_text().replace("anna@example.org,,,", "anna@example.org,,,same@example.org", 1)
    proxy.accounts_file.write_text(rows + "second@example.org,,,same@example.org,,\n")
    proxy.reload()
    gates, code = measured(proxy)
    assert code == 75
    assert not gates["accounts"]["ok"] and "same@example.org on new" in gates["accounts"]["value"]


def test_a_server_that_is_down(with_dns, pair):
    proxy = with_dns(OURS)
    pair.new.stop()
    try:
        gates, code = measured(proxy)
    finally:
        pair.new.resume()
    assert code == 75
    assert not gates["backends"]["ok"] and "new imap" in gates["backends"]["value"]
    assert not gates["recipients"]["ok"]


def test_a_waiver_is_told_with_its_reason(with_dns):
    gates, code = measured(with_dns({(DOMAIN, A): []}), "--waive", "mx=moved by hand tonight")
    assert code == 0
    assert not gates["mx"]["ok"] and gates["mx"]["waived"] == "moved by hand tonight"
