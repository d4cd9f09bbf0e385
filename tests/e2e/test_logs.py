"""One event a line, one session id over both legs, never a secret."""

import base64
import json
import re

import pytest

from support.clients import new_message
from support.dialogue import plain


def make_traffic(proxy, pair):
    anna = pair.account("anna@example.org")
    max_muster = pair.account("Max.Muster@example.org")
    for account in (anna, max_muster):
        proxy.clients.imap_dialogue(account).ask("NOOP")
        proxy.clients.imap_dialogue().ask(f"AUTHENTICATE PLAIN {plain(account.login, account.password)}")
        proxy.clients.submission_dialogue(account).ask("NOOP")
    proxy.clients.imap_dialogue().login(anna.login, "a wrong guess")
    proxy.clients.imap_dialogue().login("a secret typed as a login", "another secret")
    message = new_message(anna.login, anna.login, "the body is nobody's business\r\n")
    with proxy.clients.submission(anna) as client:
        client.send_message(message)
    return [anna.password, "a wrong guess", "another secret", "nobody's business",
            plain(anna.login, anna.password), base64.b64encode(anna.password.encode()).decode(),
            max_muster.password.split()[0] + " ", plain(max_muster.login, max_muster.password)]


def test_text(proxy, pair):
    secrets = make_traffic(proxy, pair)
    proxy.stop()
    log = proxy.log()
    for secret in secrets[:6] + secrets[7:]:
        assert secret not in log
    for line in log.splitlines():
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warn|error) [a-z_]+( [a-z_]+=|$)", line), line
    accepted = next(line for line in log.splitlines() if " login_accepted " in line)
    session = re.search(r"session=(\S+)", accepted)[1]
    events = {line.split()[2] for line in log.splitlines() if f"session={session}" in line}
    assert {"session_started", "login_accepted", "session_ended"} <= events
    assert events & {"backend_connected", "backend_ready"}, events


def test_json(start_proxy, pair):
    proxy = start_proxy(settings={"log": {"format": "json"}})
    secrets = make_traffic(proxy, pair)
    proxy.stop()
    for secret in secrets[:6] + secrets[7:]:
        assert secret not in proxy.log()
    entries = [json.loads(line) for line in proxy.log().splitlines()]
    assert any(anna in json.dumps(entries) for anna in ["anna@example.org"])
    assert len(entries) > 10


@pytest.mark.parametrize("login", ["x\" level=error", "line\\nbreak", "tab\tand \x1b[31mcolour"])
def test_a_peers_text_cannot_forge_a_line(proxy, login):
    dialogue = proxy.clients.imap_dialogue()
    escaped = login.replace("\\", "\\\\").replace('"', '\\"')
    dialogue.ask(f'LOGIN "{escaped}@example.org" "secret"')
    proxy.stop()
    assert "\x1b" not in proxy.log()
    assert not [line for line in proxy.log().splitlines() if not re.match(r"\d{4}-", line)]
