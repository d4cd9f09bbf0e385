"""A wrong case takes as long as a wrong password, however slow the backend is with that."""

import time

import pytest

from support.accounts import Account
from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend


class Slow:
    def _read_login(self, *question):
        login = super()._read_login(*question)
        time.sleep(5)  # the fault itself, not a wait for something
        return login


class SlowImap(Slow, FakeImap):
    pass


class SlowSmtp(Slow, FakeSmtp):
    pass


@pytest.mark.parametrize("protocol", ["imap", "submission"])
def test_a_slow_backend_gives_nothing_away(start_between, protocol):
    with SlowImap() as imap, SlowSmtp() as smtp:
        proxy = start_between(clear_backend(imap=imap.port, submission=smtp.port), clear_backend(),
                              accounts=[Account("anna@example.org", "secret")])
        took = []
        for login in ("anna@example.org", "Anna@example.org"):
            began = time.monotonic()
            if protocol == "imap":
                assert proxy.clients.imap_dialogue().login(login, "wrong").startswith("NO [AUTHENTICATIONFAILED]")
            else:
                assert proxy.clients.submission_dialogue().auth_plain(login, "wrong").code == 535
            took.append(time.monotonic() - began)
        assert abs(took[0] - took[1]) < 1.3, took
