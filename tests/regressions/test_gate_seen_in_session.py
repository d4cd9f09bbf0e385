"""A port-25 session that was open before `no_relay` passed need not reconnect."""

from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend
from support.waiting import wait_until


def test_an_open_session_learns_that_the_gate_has_passed(start_between):
    with FakeSmtp(is_open_relay=True) as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend())
        dialogue = proxy.clients.smtp_dialogue()
        put_off = dialogue.begin("friend@elsewhere.example", "somebody@unlisted.example")
        assert [reply.code for reply in put_off] == [250, 451]
        fake.is_open_relay = False
        wait_until(lambda: "no_relay_passed" in proxy.log(), "the next probe", 30)
        assert dialogue.ask("RCPT TO:<somebody@unlisted.example>").code == 554  # the backend's own word
