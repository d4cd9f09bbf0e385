"""An address that an MTA may rewrite into another domain would escape that domain's route."""

import pytest

from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend


@pytest.mark.parametrize("local", ["anna%example.com", '"anna@example.com"', "example.com!anna"])
def test_is_refused_on_port_25(start_between, local):
    with FakeSmtp() as fake:
        dialogue = start_between(clear_backend(smtp=fake.port), clear_backend()).clients.smtp_dialogue()
        mail, rcpt = dialogue.begin("friend@elsewhere.example", f"{local}@example.org")
        assert (mail.code, rcpt.code) == (250, 553)
