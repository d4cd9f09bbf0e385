"""A side that does not have a service does not take features away from the other's clients."""

from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend


def test_what_one_side_alone_serves_is_announced_in_full(start_between):
    with FakeImap() as imap, FakeSmtp() as smtp:
        new = {"smtp": clear_backend(smtp=smtp.port)["smtp"]}
        proxy = start_between(clear_backend(imap=imap.port, submission=smtp.port, smtp=smtp.port), new)
        assert {"IDLE", "ENABLE", "LITERAL+"} <= proxy.clients.imap_dialogue().capabilities()
        features = proxy.clients.submission_dialogue().features
        assert {"SIZE", "8BITMIME", "DSN", "SMTPUTF8"} <= features.keys()
        assert features["SIZE"] == "64000000"
