"""A login must be spelled as accounts.csv spells it, whatever the server behind would let in."""

import dataclasses
import time

import pytest

from support.clients import ImapOverTls, server_reached

WRONG = ["ANNA@example.org", "anna@EXAMPLE.ORG", "Anna@Example.Org"]


def test_the_old_server_itself_would_let_them_in(pair):
    """Otherwise the tests below would prove nothing."""

    anna = pair.account("anna@example.org")
    for login in WRONG:
        client = ImapOverTls(pair.old.dovecot.imaps_port, pair.authority.client_context(), pair.old.host)
        assert client.login(login, anna.password)[0] == "OK"


@pytest.mark.parametrize("side", ["old", "new"])
def test_enforce_refuses_in_the_words_and_time_of_a_wrong_password(start_proxy, pair, side):
    anna = pair.account("anna@example.org")
    proxy = start_proxy(routes={"example.org": side})

    def refusal(login, password):
        dialogue = proxy.clients.imap_dialogue()
        began = time.monotonic()
        answer = dialogue.login(login, password)
        return answer, time.monotonic() - began

    wrong_password = refusal(anna.login, "guess")
    assert wrong_password[0].startswith("NO [AUTHENTICATIONFAILED]")
    for login in WRONG:
        wrong_case = refusal(login, anna.password)
        assert wrong_case[0] == wrong_password[0]
        assert abs(wrong_case[1] - wrong_password[1]) < 1


def test_enforce_refuses_at_submission_too(proxy, pair):
    anna = pair.account("anna@example.org")
    refused = {str(proxy.clients.submission_dialogue().auth_plain(login, password)) for login, password in
               [(anna.login, "guess"), *((login, anna.password) for login in WRONG)]}
    assert len(refused) == 1 and refused.pop().startswith("535 5.7.8")
    assert proxy.clients.submission_dialogue().auth_plain(anna.login, anna.password).code == 235


@pytest.mark.parametrize("mode", ["observe", "warn"])
def test_observe_and_warn_let_through_under_the_exact_spelling(start_proxy, pair, mode):
    """The new server is strict about case, so only the exact spelling can have worked there."""
    anna = pair.account("anna@example.org")
    proxy = start_proxy(routes={"example.org": "new"}, settings={"policy": {"login_case": mode}})
    for login in WRONG:
        client = proxy.clients.imap()
        assert client.login(login, anna.password)[0] == "OK"
        assert server_reached(client) == "new"
        assert proxy.clients.submission_dialogue().auth_plain(login, anna.password).code == 235
    assert "login_wrong_case" in proxy.log()


def test_off_leaves_it_to_the_server(start_proxy, pair):
    anna = pair.account("anna@example.org")
    proxy = start_proxy(routes={"example.org": "new"}, settings={"policy": {"login_case": "off"}})
    assert proxy.clients.imap_dialogue().login(WRONG[0], anna.password).startswith("NO")
    assert proxy.clients.imap_dialogue().login(anna.login, anna.password).startswith("OK")


def test_two_logins_that_differ_by_case_are_both_right(start_proxy, pair):
    max_muster = pair.account("Max.Muster@example.org")
    twin = dataclasses.replace(max_muster, login="max.muster@example.org")
    proxy = start_proxy(accounts=[*pair.accounts, twin])
    for login in (max_muster.login, twin.login):
        assert proxy.clients.imap_dialogue().login(login, max_muster.password).startswith("OK")
    assert proxy.clients.imap_dialogue().login("MAX.muster@example.org", max_muster.password).startswith("NO")


def test_a_login_that_the_table_does_not_know_is_refused(start_proxy, pair):
    anna = pair.account("anna@example.org")
    others = [account for account in pair.accounts if account != anna]
    assert (start_proxy(accounts=others).clients.imap_dialogue().login(anna.login, anna.password)
            .startswith("NO [AUTHENTICATIONFAILED]"))
    observing = start_proxy(accounts=others, settings={"policy": {"login_case": "observe"}})
    assert observing.clients.imap_dialogue().login(anna.login, anna.password).startswith("OK")
    assert "login_unknown" in observing.log()


def test_a_domain_without_accounts_is_left_to_the_server(start_proxy, pair):
    bert = pair.account("bert@example.net")
    proxy = start_proxy(accounts=[account for account in pair.accounts if account.domain != "example.net"])
    assert proxy.clients.imap_dialogue().login("BERT@example.net", bert.password).startswith("OK")
    assert any("example.net" in warning for warning in map(str, proxy.status()["warnings"]))


def test_an_account_that_leaves_the_table_is_out_at_the_next_reload(proxy, pair):
    anna = pair.account("anna@example.org")
    session = proxy.clients.imap_dialogue(anna)
    proxy.write_accounts([account for account in pair.accounts if account != anna])
    refused = proxy.run("reload")
    assert refused.returncode == 75, refused.stdout + refused.stderr  # one of seven is more than 5 %
    assert session.ask("NOOP")[-1].startswith("OK")
    proxy.reload("--allow-removals")
    assert session.line().startswith("* BYE")
    assert proxy.clients.imap_dialogue().login(anna.login, anna.password).startswith("NO")
