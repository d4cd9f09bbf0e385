"""An IDLE of 29 minutes (RFC 2177) against `limits.idle` of 31, on clocks that run 186 times as fast."""

import subprocess

import pytest

from support.fake_imap import FakeImap
from support.peer import Gone
from support.proxy_settings import clear_backend
from support.waiting import wait_until

SCALE = 186
IDLE_LIMIT = 31 * 60 / SCALE  # 10 s
QUIET = 29 * 60 / SCALE - 1  # a second for a slow machine


@pytest.fixture
def idling(start_between):
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(),
                              settings={"limits": {"idle": f"{IDLE_LIMIT:.0f}s"}})
        dialogue = proxy.clients.imap_dialogue()
        assert dialogue.login("anna@example.org", "secret").startswith("OK")
        dialogue.say("a SELECT INBOX")
        assert dialogue.until_tagged("a")[-1].startswith("OK")
        yield proxy, fake, dialogue


def test_clients_that_renew_idle_every_29_minutes_stay(idling):
    _, _, dialogue = idling
    for _ in range(3):
        tag = dialogue.idle()
        assert not dialogue.hears_within(QUIET), dialogue.heard
        dialogue.say("DONE")
        assert dialogue.until_tagged(tag)[-1].startswith("OK")


def test_who_is_silent_for_longer_hears_bye(idling):
    _, _, dialogue = idling
    dialogue.idle()
    assert dialogue.hears_within(IDLE_LIMIT * 3)
    assert dialogue.line().startswith("* BYE")
    with pytest.raises(Gone):
        dialogue.line()


def test_both_legs_are_kept_open_through_nat(idling):
    """The kernel probes them while nothing is said (RFC 1122 section 4.2.3.6)."""
    proxy, fake, dialogue = idling
    dialogue.idle()
    for place in (f"sport = :{proxy.ports['imaps']}", f"dport = :{fake.port}"):

        def only_probes_are_due():
            shown = subprocess.run(["ss", "-Htno", "state", "established", place], capture_output=True, text=True,
                                   check=True).stdout.splitlines()
            return shown and all("timer:(keepalive," in line for line in shown)

        wait_until(only_probes_are_due, f"the kernel's probes where {place}")
