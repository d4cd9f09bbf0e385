"""`moving` and `returning`: nothing of the domain reaches a server, and the answers are temporary."""

import pytest

from support.clients import new_message

PHASES = ["moving", "returning"]


@pytest.fixture(params=PHASES)
def still(request, start_proxy):
    return start_proxy(routes={"example.org": request.param, "example.net": "old", "example.com": "new"},
                       settings={"budgets": {"park": "1s"}})


def test_logins_get_a_temporary_answer_when_they_have_waited(still, pair):
    anna = pair.account("anna@example.org")
    answer = still.clients.imap_dialogue().login(anna.login, anna.password)
    assert answer.startswith("NO [UNAVAILABLE]"), answer


def test_deliveries_are_deferred(still):
    _, anna, carla = still.clients.smtp_dialogue().begin("friend@elsewhere.example", "anna@example.org",
                                                         "carla@example.com")
    assert (anna.code, anna.enhanced) == (451, "4.3.2")
    assert carla.code == 250


@pytest.mark.parametrize("sender", ["anna@example.org", "bert@example.net", "carla@example.com"])
def test_submitted_mail_to_it_is_deferred_too(still, pair, sender):
    dialogue = still.clients.submission_dialogue(pair.account(sender))
    mail, anna = dialogue.begin(sender, "anna@example.org")
    assert (anna.code, anna.enhanced) == (451, "4.3.2")


@pytest.mark.parametrize("phase, side", [("moving", "old"), ("returning", "new")])
def test_submission_goes_where_the_domain_came_from(start_proxy, pair, phase, side):
    proxy = start_proxy(routes={"example.org": phase, "example.net": side})
    anna = pair.account("anna@example.org")
    message = new_message(anna.login, "bert@example.net")
    with proxy.clients.submission(anna) as client:
        client.send_message(message)
    pair.wait_for_message(side, "bert@example.net", message["Message-ID"])


def test_the_edges(proxy, pair):
    """old -> moving -> new -> returning -> old by editing; moving -> returning is no edge."""
    for phase in ("moving", "new", "returning", "old", "moving"):
        proxy.flip("example.org", phase)
        assert proxy.domain("example.org")["phase"] == phase
    proxy.edit_route("example.org", "returning")
    done = proxy.run("reload")
    assert done.returncode == 78
    assert "example.org" in done.stdout + done.stderr
    assert proxy.domain("example.org")["phase"] == "moving"


def test_moving_ends_the_sessions_and_keeps_other_domains(proxy, pair):
    anna, bert = pair.account("anna@example.org"), pair.account("bert@example.net")
    moved, stays = proxy.clients.imap_dialogue(anna), proxy.clients.imap_dialogue(bert)
    proxy.flip("example.org", "moving")
    assert moved.line().startswith("* BYE [UNAVAILABLE]")
    assert stays.ask("NOOP")[-1].startswith("OK")
