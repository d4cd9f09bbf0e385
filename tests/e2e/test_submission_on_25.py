"""`auth: true` on port 25: clients that submit there keep working, and are found."""

import subprocess

import pytest

from support.clients import new_message
from support.dialogue import SmtpDialogue, plain
from support.waiting import wait_until


@pytest.fixture
def proxy(start_proxy):
    return start_proxy(listeners={"smtp": {"auth": True}}, settings={"limits": {"unauthenticated": "1s"}})


@pytest.mark.parametrize("login, side", [("anna@example.org", "old"), ("carla@example.com", "new")])
def test_a_login_submits_on_25_to_its_own_server(proxy, pair, login, side):
    account = pair.account(login)
    message = new_message(login, "friend@elsewhere.example")
    with proxy.clients.port25() as client:
        client.login(account.login, account.password)
        client.send_message(message)
    mail = wait_until(lambda: [mail for mail in pair.sink.delivered
                               if message["Message-ID"].encode() in mail.content], "the message in the sink", 60)[0]
    assert f"by {side}.example".encode() in mail.content
    assert b"with ESMTPSA" in mail.content
    found = [line for line in proxy.log().splitlines() if " submission_on_25 " in line and login in line]
    assert len(found) == 1 and "listener=smtp:" in found[0]


def test_it_is_a_submission_session_by_every_rule(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.smtp_dialogue()
    assert dialogue.auth_plain("Anna@example.org", anna.password).code == 535  # wrong case
    assert dialogue.auth_plain(anna.login, anna.password).code == 235
    reply = dialogue.ask("MAIL FROM:<bert@example.net>")
    assert (reply.code, reply.enhanced) == (553, "5.7.1")  # a foreign sender
    _, bert, carla = dialogue.begin(anna.login, "bert@example.net", "carla@example.com")
    assert (bert.code, carla.code) == (250, 451)  # a straggler, not another delivery
    seen = [one for one in proxy.ask("sessions")["sessions"] if one["login"] == anna.login]
    assert [(one["protocol"], one["backend"]) for one in seen] == [("submission", "old")]
    proxy.flip("example.org", "new")
    assert dialogue.content(b"Subject: x\r\n\r\nx\r\n").code in (451, 421)


def test_without_a_login_it_stays_delivery(proxy, pair):
    dialogue = proxy.clients.smtp_dialogue()
    assert {"PLAIN", "LOGIN"} <= set(dialogue.features["AUTH"].split())
    assert dialogue.begin("friend@elsewhere.example", "stranger@foreign.example")[1].code in (451, 554)
    assert dialogue.ask("RSET").code == 250
    message = new_message("friend@elsewhere.example", "carla@example.com")
    assert [r.code for r in dialogue.begin("friend@elsewhere.example", "carla@example.com")] == [250, 250]
    assert dialogue.content(message.as_bytes().replace(b"\n", b"\r\n")).code == 250
    pair.wait_for_message("new", "carla@example.com", message["Message-ID"])
    assert " submission_on_25 " not in proxy.log()


def test_no_password_in_clear(start_proxy, pair):
    anna = pair.account("anna@example.org")
    for mode in ("enforce", "observe"):
        proxy = start_proxy(listeners={"smtp": {"auth": True}}, settings={"policy": {"delivery_tls": mode}})
        dialogue = SmtpDialogue(proxy.ports["smtp"])
        dialogue.ehlo()
        assert "AUTH" not in dialogue.features
        assert dialogue.ask("AUTH PLAIN " + plain(anna.login, anna.password)).code in (530, 538)
        assert " login_accepted " not in proxy.log()


def test_delivery_has_no_budget_for_a_login(proxy):
    dialogue = proxy.clients.smtp_dialogue()
    dialogue.socket.settimeout(2.5)
    with pytest.raises(TimeoutError):  # `limits.unauthenticated` is 1s here
        dialogue.socket.recv(1)


def test_wrong_passwords_are_refused_and_the_connection_stays(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.smtp_dialogue()
    assert dialogue.auth_plain(anna.login, "guess").code == 535
    assert dialogue.begin("friend@elsewhere.example", "carla@example.com")[1].code == 250
    assert dialogue.ask("RSET").code == 250
    assert dialogue.auth_plain(anna.login, anna.password).code == 235


def test_swaks_submits_on_25(proxy, pair):
    bert = pair.account("bert@example.net")
    message = new_message(bert.login, bert.login)
    done = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{proxy.ports['smtp']}", "--tls", "--helo", "client.example",
         "--auth", "PLAIN", "--auth-user", bert.login, "--auth-password", bert.password,
         "--from", bert.login, "--to", bert.login, "--data", "-"],
        input=message.as_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stdout.decode(errors="replace")
    pair.wait_for_message("old", bert.login, message["Message-ID"])
