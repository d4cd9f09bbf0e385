"""Whoever is logged in sends as addresses of their own, though the old server would let them send as anybody."""

import dataclasses
import smtplib
import subprocess

import pytest

from support.clients import SmtpOverTls, new_message
from support.waiting import wait_until


def mail_from(proxy, account, reverse_path):
    return proxy.clients.submission_dialogue(account).ask(f"MAIL FROM:<{reverse_path}>")


ALLOWED = [
    ("anna@example.org", "anna@example.org"),
    ("anna@example.org", "ANNA@example.org"),
    ("anna@example.org", "anna@EXAMPLE.org"),
    ("anna@example.org", "anna+shopping@example.org"),
    ("anna@example.org", "info@example.org"),
    ("anna@example.org", "info+2026@example.org"),
    ("anna@example.org", ""),
    ("office@example.org", "whoever@example.org"),
    ("relay@example.com", "anybody@anywhere.example"),
    ("carla@example.com", "carla@example.com"),
]
FOREIGN = [
    ("anna@example.org", "office@example.org"),
    ("anna@example.org", "anna@example.com"),
    ("anna@example.org", "anna@example.org.evil.example"),
    ("anna@example.org", "xanna@example.org"),
    ("anna@example.org", "ann@example.org"),
    ("anna@example.org", "friend@elsewhere.example"),
    ("office@example.org", "whoever@sub.example.org"),
    ("office@example.org", "carla@example.com"),
    ("carla@example.com", "anna@example.org"),
]


@pytest.mark.parametrize("login, reverse_path", ALLOWED)
def test_own_addresses(proxy, pair, login, reverse_path):
    assert mail_from(proxy, pair.account(login), reverse_path).code == 250


@pytest.mark.parametrize("login, reverse_path", FOREIGN)
def test_foreign_addresses(proxy, pair, login, reverse_path):
    reply = mail_from(proxy, pair.account(login), reverse_path)
    assert (reply.code, reply.enhanced) == (553, "5.7.1"), reply


def test_the_old_server_itself_would_take_it(pair):
    """Otherwise the refusals would prove nothing."""
    anna = pair.account("anna@example.org")
    client = SmtpOverTls(pair.old.postfix.submissions_port, pair.authority.client_context(), pair.old.host)
    client.login(anna.login, anna.password)
    client.send_message(new_message("carla@example.com", "bert@example.net"))


def test_after_a_refusal_the_own_address_goes_through(proxy, pair):
    anna = pair.account("anna@example.org")
    dialogue = proxy.clients.submission_dialogue(anna)
    assert dialogue.ask("MAIL FROM:<carla@example.com>").code == 553
    assert dialogue.ask("RCPT TO:<anna@example.org>").code == 503
    assert dialogue.begin(anna.login, anna.login)[1].code == 250


def test_nothing_of_a_refused_message_arrives(proxy, pair):
    anna = pair.account("anna@example.org")
    message = new_message("carla@example.com", "bert@example.net")
    with proxy.clients.submission(anna) as client, pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.send_message(message)
    assert refused.value.smtp_code == 553
    assert pair.where(message["Message-ID"], "bert@example.net") == {"old": 0, "new": 0}


@pytest.mark.parametrize("mode", ["off", "observe", "warn"])
def test_the_milder_modes_let_it_pass(start_proxy, pair, mode):
    proxy = start_proxy(settings={"policy": {"sender_binding": {"envelope": mode}}})
    assert mail_from(proxy, pair.account("anna@example.org"), "office@example.org").code == 250
    if mode == "off":
        assert "sender_foreign" not in proxy.log()
    else:
        wait_until(lambda: "sender_foreign" in proxy.log(), "the log")


def test_swaks_says_the_refusal(proxy, pair):
    anna = pair.account("anna@example.org")
    done = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{proxy.ports['submission']}", "--tls", "--helo", "client.example",
         "--auth", "PLAIN", "--auth-user", anna.login, "--auth-password", anna.password,
         "--from", "carla@example.com", "--to", "bert@example.net"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 23, done.stdout  # swaks: MAIL FROM rejected
    assert "553 5.7.1" in done.stdout


def test_a_reload_gives_a_new_address(proxy, pair):
    anna = pair.account("anna@example.org")
    assert mail_from(proxy, anna, "hello@example.org").code == 553
    proxy.write_accounts([dataclasses.replace(account, senders=("hello@example.org",)) if account == anna else account
                          for account in pair.accounts])
    proxy.reload()
    assert mail_from(proxy, anna, "hello@example.org").code == 250
    assert mail_from(proxy, anna, "info@example.org").code == 553
