"""The gate `old_relays`: an old server that is said to send moved domains' mail back to us does so."""

import json

import pytest

from support.accounts import Account
from support.authority import Authority
from support.mail_server import MailServer
from support.proxy_clients import Clients
from support.proxy_settings import PROXY_NAME, merged, real_backend, settings_for
from support.sink import Sink
from support.stellwerk import Stellwerk
from support.waiting import wait_until

HERE, THERE = Account("anna@example.org", "anna's secret"), Account("carla@example.com", "carla's secret")


@pytest.fixture
def relaying(folder):
    """A proxy whose example.com is on new; `start(maps)` gives old these transport maps, with the proxy's port 25."""
    authority, sink = Authority(folder / "authority"), Sink()
    transport = folder / "transport"
    old = MailServer(folder / "old", "old", authority, [HERE], sink.port, True, postfix_settings={
        "relay_domains": "example.com", "transport_maps": f"texthash:{transport}"})
    new = MailServer(folder / "new", "new", authority, [HERE, THERE], sink.port, False)
    settings, ports = settings_for(authority.issue(PROXY_NAME), real_backend(old, authority, "none", "starttls", "none"),
                                   real_backend(new, authority, "none", "starttls", "none"))
    settings = merged(settings, {"backends": {"old": {"relays_moved_domains": True}},
                                 "policy": {"delivery_tls": "observe"}})
    proxy = Stellwerk(folder / "proxy", settings, ports, {"example.org": "old", "example.com": "new"}, [HERE, THERE])
    proxy.clients = Clients(proxy, authority)

    def start(to: str):
        transport.write_text(f"example.com {to.format(port=ports['smtp'])}\n")
        old.start()
        new.start()
        return proxy.start(), old, new

    yield start
    proxy.stop()
    for part in (old, new, sink):
        part.stop()


def measured(proxy):
    done = proxy.run("switch", "example.org", "--dry-run", "--json", timeout=90)
    return next(gate for gate in json.loads(done.stdout)["gates"] if gate["name"] == "old_relays")


def test_a_probe_comes_back_and_reaches_no_mailbox(relaying):
    proxy, old, new = relaying("smtp:[127.0.0.1]:{port}")
    gate = measured(proxy)
    assert gate["ok"] and gate["value"] == "a probe for carla@example.com came back", gate
    wait_until(old.is_settled, "the old server to be rid of the probe", 30)
    assert not new.messages(THERE.login)


def test_a_server_that_keeps_it_does_not_pass(relaying):
    proxy, *_ = relaying("discard:")
    gate = measured(proxy)
    assert not gate["ok"] and "has not come back within 30 s" in gate["value"], gate


def test_without_anybody_there_nothing_can_be_proven(relaying):
    proxy, *_ = relaying("discard:")
    proxy.flip("example.com", "old")
    assert "no account is on the new server yet" in measured(proxy)["value"]
