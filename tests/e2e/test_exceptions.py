"""Rules by domain and day, and exceptions that end by themselves, in front of real servers."""

import datetime

import pytest

from support.clients import new_message
from support.dialogue import SmtpDialogue
from support.waiting import wait_until

ANNA, WRONG = "anna@example.org", "ANNA@example.org"
LONG_AGO, SOME_DAY = "2020-01-01", "2099-12-31"
RULES = {"login_case": "observe", "sender_binding": {"envelope": "observe", "header": "observe"}}


def exempt(policy, until=SOME_DAY, **whom):
    return {"policy": policy, "until": until, "reason": "the shop system", "owner": "postmaster", **whom}


def logs_in(proxy, pair, login):
    return proxy.clients.imap_dialogue().login(login, pair.account(ANNA).password).startswith("OK")


def mail_from(proxy, pair, reverse_path, account=ANNA):
    return proxy.clients.submission_dialogue(pair.account(account)).ask(f"MAIL FROM:<{reverse_path}>").code


@pytest.mark.parametrize("day, enforced", [(LONG_AGO, True), (SOME_DAY, False)])
def test_a_domain_is_enforced_from_its_day_on(start_proxy, pair, day, enforced):
    dated = {"mode": "observe", "enforce_from": day}
    proxy = start_proxy(settings={"policy": {**RULES, "domains": {
        "example.org": {"login_case": dated, "sender_binding": {"envelope": dated}}}}})
    assert logs_in(proxy, pair, WRONG) is not enforced
    assert mail_from(proxy, pair, "foreign@elsewhere.example") == (553 if enforced else 250)
    assert mail_from(proxy, pair, "foreign@elsewhere.example", "carla@example.com") == 250


def test_exceptions_let_through_are_counted_and_end(start_proxy, pair):
    proxy = start_proxy(settings={"exceptions": [
        exempt("login_case", login=WRONG),
        exempt("login_case", until=LONG_AGO, login="Anna@example.org"),
        exempt("sender_binding", login=ANNA, address="@shop.example"),
        exempt("sender_binding", until=LONG_AGO, address="@former.example")]})
    assert logs_in(proxy, pair, WRONG)
    assert not logs_in(proxy, pair, "Anna@example.org")
    assert mail_from(proxy, pair, "orders@shop.example") == 250
    assert mail_from(proxy, pair, "orders@former.example") == 553
    assert mail_from(proxy, pair, "orders@shop.example", "carla@example.com") == 553
    seen = proxy.status()["exceptions"]
    assert [(one["uses"], one["ended"]) for one in seen] == [(1, False), (0, True), (1, False), (0, True)]
    assert seen[2]["address"] == "@shop.example" and seen[2]["owner"] == "postmaster"
    assert datetime.datetime.fromisoformat(seen[0]["last_used"].replace("Z", "+00:00"))
    wait_until(lambda: proxy.log().count(" exception_used ") == 2, "the log")
    done = proxy.run("status")
    assert "the shop system" in done.stdout and "ENDED" in done.stdout


def test_a_header_is_let_through_by_network(start_proxy, pair):
    settings = {"policy": {"sender_binding": {"header": "enforce"}}}
    strict = start_proxy(settings=settings)
    forged = new_message("orders@shop.example", ANNA)

    def send(proxy):
        dialogue = proxy.clients.submission_dialogue(pair.account(ANNA))
        dialogue.ask(f"MAIL FROM:<{ANNA}>")
        dialogue.ask(f"RCPT TO:<{ANNA}>")
        dialogue.ask("DATA")
        return dialogue.ask(forged.as_string().replace("\n", "\r\n") + "\r\n.")

    assert send(strict).code == 550
    lenient = start_proxy(settings={**settings, "exceptions": [exempt("sender_binding", network="127.0.0.0/8")]})
    assert send(lenient).code == 250


def test_port_25_in_clear_is_open_to_a_network(start_proxy):
    proxy = start_proxy(settings={"policy": {"delivery_tls": "enforce"},
                                  "exceptions": [exempt("delivery_tls", network="127.0.0.0/8")]})
    dialogue = proxy.clients.smtp_dialogue()
    dialogue = SmtpDialogue(proxy.ports["smtp"])
    dialogue.ehlo()
    assert dialogue.ask("MAIL FROM:<friend@elsewhere.example>").code == 250
    assert proxy.status()["exceptions"][0]["uses"] == 1
