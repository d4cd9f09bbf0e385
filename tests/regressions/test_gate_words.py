"""What passes the gate `no_relay`, and when it has to pass again."""

import pytest

from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend, merged
from support.waiting import wait_until


def gate(proxy):
    return next(one for one in proxy.status()["gates"] if one["backend"] == "old")


@pytest.mark.parametrize("words, passes", [("454 4.7.1 <a@b>: Relay access denied", True),
                                           ("451 4.7.1 Greylisted", False), ("450 4.2.0 Greylisted", False)])
def test_postfix_denies_relay_for_now(start_between, words, passes):
    """Debian's Postfix has `defer_unauth_destination`; greylisting proves nothing."""
    with FakeSmtp(faults={"rcpt": lambda peer: peer.say(words)}, is_open_relay=True) as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend())
        wait_until(lambda: gate(proxy)["value"] == f"old: {words}", "the probe")
        assert gate(proxy)["ok"] is passes
        put_off = proxy.clients.smtp_dialogue().begin("friend@elsewhere.example", "somebody@unlisted.example")[1]
        assert str(put_off).startswith(words[:9] if passes else "451 4.3.0"), put_off


def test_another_server_has_to_pass_anew(start_between):
    def never(peer):
        peer.rest()

    with FakeSmtp() as first, FakeSmtp(faults={"greeting": never}) as second:
        proxy = start_between(clear_backend(smtp=first.port), clear_backend())
        wait_until(lambda: gate(proxy)["ok"], "the gate to pass")
        proxy.write_settings(merged(proxy.settings, {"backends": {"old": clear_backend(smtp=second.port)}}))
        proxy.reload()
        assert not gate(proxy)["ok"]
