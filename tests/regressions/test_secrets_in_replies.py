"""What a backend says while credentials are under way may echo them: it never reaches the log."""

from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend

ECHO = "bm90IGZvciB0aGUgbG9n"


def test_a_421_that_echoes_the_credentials(start_between):
    with FakeSmtp(faults={"auth": lambda peer: peer.say(f"421 4.7.0 I did not like AUTH PLAIN {ECHO}")}) as fake:
        proxy = start_between(clear_backend(smtp=fake.port, submission=fake.port), clear_backend())
        dialogue = proxy.clients.submission_dialogue()
        assert dialogue.auth_plain("anna@example.org", "secret").code == 454
        assert fake.logins
        assert "backend_failed" in proxy.log()
        assert ECHO not in proxy.log()
