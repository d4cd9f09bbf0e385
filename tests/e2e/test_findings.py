"""Observe, propose, enforce: whoever is in the right keeps working, whoever is not is refused."""

import csv
import io
import json
import sqlite3
import ssl
import stat

import pytest

from support.accounts import Account
from support.dialogue import ImapDialogue, PopDialogue, SieveDialogue, SmtpDialogue
from support.proxy_settings import ACCESS_LISTENERS

OBSERVE = {"policy": {"login_case": "observe", "sender_binding": {"envelope": "observe", "header": "observe"}}}
ENFORCE = {"policy": {"login_case": "enforce", "sender_binding": {"envelope": "enforce", "header": "enforce"}}}
COLUMNS = ["login", "domain", "old_login", "new_login", "senders", "pin"]


def findings(proxy, *words):
    return proxy.ask("findings", *words)


def of_kind(proxy, kind):
    return [one for one in findings(proxy)["findings"] if one["kind"] == kind]


def send(proxy, login, password, envelope, header):
    """The reply to MAIL, or to the content if MAIL was fine."""
    dialogue = proxy.clients.submission_dialogue()
    assert dialogue.auth_plain(login, password).code == 235
    replies = dialogue.begin(envelope, "anna@example.org")
    if any(reply.code != 250 for reply in replies):
        return next(reply for reply in replies if reply.code != 250)
    return dialogue.content(f"From: {header}\r\nUser-Agent: Thunderbird 140\r\nSubject: x\r\n\r\nx\r\n".encode())


def paste(proxy, rows):
    """Rows of `accounts propose` into accounts.csv: each replaces the one of its login, or is new."""
    now = {row["login"]: row for row in csv.DictReader(io.StringIO(proxy.accounts_file.read_text()))}
    now.update({row["login"]: {name: row[name] for name in COLUMNS} for row in rows})
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(now.values())
    proxy.accounts_file.write_text(text.getvalue())


def test_observe_propose_enforce(start_proxy, pair):
    anna, bert = pair.account("anna@example.org"), pair.account("bert@example.net")
    proxy = start_proxy(settings=OBSERVE)

    # Three weeks in a minute: a wrong case, a private address, a deleted account's, another's.
    proxy.clients.imap_dialogue().login("ANNA@example.org", anna.password)
    assert send(proxy, anna.login, anna.password, anna.login, "Anna <anna@club.example>").code == 250
    assert send(proxy, anna.login, anna.password, "anna@club.example", "anna@club.example").code == 250
    assert send(proxy, bert.login, bert.password, "gone@example.net", "gone@example.net").code == 250
    assert send(proxy, bert.login, bert.password, bert.login, "carla@example.com").code == 250

    seen = findings(proxy)
    told = {(one["kind"], one["login"], one["address"]): one for one in seen["findings"]}
    assert told.keys() >= {("wrong_case", "ANNA@example.org", ""),
                           ("foreign_sender", anna.login, "anna@club.example"),
                           ("foreign_from", anna.login, "anna@club.example"),
                           ("foreign_sender", bert.login, "gone@example.net"),
                           ("foreign_from", bert.login, "carla@example.com")}
    header = told["foreign_from", anna.login, "anna@club.example"]
    assert header["count"] == 2 and header["software"] == "Thunderbird 140" and header["client"] == "127.0.0.1"
    assert header["domain"] == "example.org" and header["first_seen"] <= header["last_seen"]
    assert header["last_seen"].endswith("Z") and header["tls"] == "1.3"
    assert seen["observed_days"]["example.org"] in (1, 2)  # midnight may pass
    assert seen["days"] in (1, 2) and "" not in seen["observed_days"]
    assert {one["domain"] for one in findings(proxy, "example.net")["findings"]} == {"example.net"}

    proposed = proxy.ask("accounts", "propose")["rows"]
    rows = {row["login"]: row for row in proposed}
    assert rows[anna.login]["senders"].split() == ["info@example.org", "anna@club.example"]
    assert rows["ANNA@example.org"] == {
        "login": "ANNA@example.org", "domain": "example.org", "old_login": anna.login, "new_login": anna.login,
        "senders": rows[anna.login]["senders"], "pin": "", "is_news": True,
        "remarks": ["another spelling of anna@example.org"]}
    remarks = " ".join(rows[bert.login]["remarks"])
    assert "gone@example.net, a dead sender" in remarks
    assert "carla@example.com, which belongs to carla@example.com" in remarks

    text = proxy.run("accounts", "propose")
    pasteable = list(csv.DictReader(io.StringIO(text.stdout)))
    assert [row["login"] for row in pasteable] == ["anna@example.org", "ANNA@example.org"]
    assert "dead sender" in text.stderr and "dead sender" not in text.stdout
    paste(proxy, pasteable)
    proxy.write_settings({**proxy.settings, "policy": ENFORCE["policy"]})
    proxy.reload()

    assert proxy.clients.imap_dialogue().login("ANNA@example.org", anna.password).startswith("OK")
    assert proxy.clients.imap_dialogue().login("Anna@example.org", anna.password).startswith("NO")
    for login in (anna.login, "ANNA@example.org"):
        assert send(proxy, login, anna.password, "anna@club.example", "anna@club.example").code == 250
        assert send(proxy, login, anna.password, login, login).code == 250
    assert send(proxy, bert.login, bert.password, bert.login, bert.login).code == 250
    assert send(proxy, bert.login, bert.password, "gone@example.net", bert.login).code == 553
    assert send(proxy, bert.login, bert.password, bert.login, "gone@example.net").code == 550
    assert send(proxy, bert.login, bert.password, bert.login, "carla@example.com").code == 550


def test_a_login_that_only_a_server_knows_gets_a_row_unless_it_was_a_guess(start_proxy, pair):
    carla = pair.account("carla@example.com")
    others = [account for account in pair.accounts if account != carla] + [Account("dora@example.com", "x")]
    proxy = start_proxy(settings=OBSERVE, accounts=others)
    assert proxy.clients.imap_dialogue().login(carla.login, carla.password).startswith("OK")
    assert proxy.clients.imap_dialogue().login("ghost@example.com", "guess").startswith("NO")
    assert {one["login"]: one["accepted"] for one in of_kind(proxy, "unknown_login")} == {
        carla.login: 1, "ghost@example.com": 0}
    assert [row["login"] for row in proxy.ask("accounts", "propose", "example.com")["rows"]] == [carla.login]


def test_the_ways_in_that_will_end(start_proxy, pair):
    anna = pair.account("anna@example.org")
    proxy = start_proxy(more_listeners=ACCESS_LISTENERS,
                        settings={"policy": {"delivery_tls": "observe"}}, listeners={"smtp": {"auth": True}})
    assert proxy.clients.pop_dialogue().login(anna.login, anna.password).startswith("+OK")
    proxy.clients.imap(anna, implicit=False)
    old = proxy.clients.port25()
    old.login(anna.login, anna.password)
    context = proxy.clients.context
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    proxy.clients.imap_dialogue(anna)
    kinds = {one["kind"]: one for one in findings(proxy)["findings"]}
    assert kinds.keys() == {"pop3_used", "starttls_used", "submission_on_25", "old_tls"}
    assert kinds["pop3_used"]["listener"] == f"pop3:{proxy.ports['pop3s']}"
    assert kinds["old_tls"]["tls"] == "1.2" and kinds["old_tls"]["name"] == "mail.old.example"


def test_a_name_that_will_end_is_found_by_who_uses_it(start_proxy, pair):
    anna = pair.account("anna@example.org")
    legacy, other = pair.authority.issue("mail.old.example"), pair.authority.issue("mx.new.example")
    proxy = start_proxy(settings={"certificates": [
        {"chain": str(legacy.chain), "key": str(legacy.key), "legacy": True},
        {"chain": str(other.chain), "key": str(other.key)}]})
    ImapDialogue(proxy.ports["imaps"], proxy.clients.context, "mx.new.example").login(anna.login, anna.password)
    assert not of_kind(proxy, "legacy_name")
    dialogue = ImapDialogue(proxy.ports["imaps"], proxy.clients.context)
    dialogue.ask('ID ("name" "Mailreader" "version" "7")')
    assert dialogue.login(anna.login, anna.password).startswith("OK")
    (found,) = of_kind(proxy, "legacy_name")
    assert (found["name"], found["software"], found["login"]) == ("mail.old.example", "Mailreader 7", anna.login)


@pytest.mark.parametrize("delivery", ["observe", "enforce"])
def test_what_is_tried_in_clear_is_found(start_proxy, delivery):
    proxy = start_proxy(more_listeners=ACCESS_LISTENERS, settings={"policy": {"delivery_tls": delivery}})
    assert "PRIVACYREQUIRED" in ImapDialogue(proxy.ports["imap"]).login("anna@example.org", "hunter2")
    pop = PopDialogue(proxy.ports["pop3"])
    assert pop.login("bert@example.net", "hunter2").startswith("-ERR")
    assert pop.ask("PASS hunter2").startswith("-ERR")  # One client, found once.
    assert SieveDialogue(proxy.ports["sieve"]).login("anna@example.org", "hunter2").startswith("NO")
    submission = SmtpDialogue(proxy.ports["submission"])
    submission.ehlo()
    assert submission.auth_plain("anna@example.org", "hunter2").code == 530
    assert submission.ask("MAIL FROM:<anna@example.org>").code == 530
    server = SmtpDialogue(proxy.ports["smtp"])
    server.ehlo()
    assert server.ask("MAIL FROM:<news@elsewhere.example>").code == (250 if delivery == "observe" else 530)
    tried = {(one["login"], one["domain"]): one for one in of_kind(proxy, "plaintext_attempt")}
    assert tried.keys() == {("anna@example.org", "example.org"), ("bert@example.net", "example.net"), ("", "")}
    assert tried["bert@example.net", "example.net"]["count"] == 1
    assert tried["bert@example.net", "example.net"]["listener"] == f"pop3:{proxy.ports['pop3']}"
    nameless = tried["", ""]  # Names in SASL come with the password, and are not looked at.
    assert (nameless["count"], nameless["software"], nameless["client"]) == (2, "client.example", "127.0.0.1")
    (mail,) = of_kind(proxy, "plaintext_delivery")
    assert mail["address"] == ("news@elsewhere.example" if delivery == "observe" else "")
    assert (mail["count"], mail["accepted"], mail["tls"]) == (1, 0, "")


def test_every_address_of_a_header_is_found(start_proxy, pair):
    anna = pair.account("anna@example.org")
    proxy = start_proxy(settings=OBSERVE)
    several = "anna@club.example, Anna <a@work.example>, anna@example.org"
    assert send(proxy, anna.login, anna.password, anna.login, several).code == 250
    assert {one["address"] for one in of_kind(proxy, "foreign_from")} == {"anna@club.example", "a@work.example"}
    (row,) = proxy.ask("accounts", "propose")["rows"]
    assert sorted(row["senders"].split()) == ["a@work.example", "anna@club.example", "info@example.org"]
    paste(proxy, [row])
    proxy.write_settings({**proxy.settings, "policy": ENFORCE["policy"]})
    proxy.reload()
    assert send(proxy, anna.login, anna.password, anna.login, several).code == 250


def test_a_straggler_is_found(start_proxy, pair):
    anna = pair.account("anna@example.org")
    proxy = start_proxy()
    dialogue = proxy.clients.submission_dialogue(anna)
    codes = [reply.code for reply in dialogue.begin(anna.login, "bert@example.net", "carla@example.com")]
    assert codes == [250, 250, 451]
    (found,) = of_kind(proxy, "straggler")
    assert (found["login"], found["address"], found["domain"]) == (anna.login, "carla@example.com", "example.org")


def test_without_a_proxy_the_file_tells(start_proxy, pair):
    anna = pair.account("anna@example.org")
    proxy = start_proxy(settings=OBSERVE)
    assert send(proxy, anna.login, anna.password, anna.login, "=anna@club.example").code == 250
    running = findings(proxy)
    proxy.stop()
    assert findings(proxy) == running
    assert [file.name for file in (proxy.folder / "state").glob("findings.db*")] == ["findings.db"]
    assert stat.S_IMODE((proxy.folder / "state/findings.db").stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(proxy.run("findings", "--csv").stdout)))
    assert rows[0]["address"] == "'=anna@club.example" and rows[0]["observed_days"] == "1"
    assert "foreign_from" in proxy.run("findings").stdout
    assert findings(proxy, "nobody.example")["findings"] == []


def test_after_kill_9_the_file_tells(start_proxy, pair):
    anna = pair.account("anna@example.org")
    proxy = start_proxy(settings=OBSERVE)
    assert send(proxy, anna.login, anna.password, "a@club.example", anna.login).code == 250
    running = findings(proxy)  # Asked for is written.
    assert running["findings"]
    proxy.kill()
    assert findings(proxy) == running


def test_a_file_that_is_no_database_is_a_warning_and_nobodys_problem(start_proxy, pair):
    anna = pair.account("anna@example.org")

    proxy = start_proxy(settings=OBSERVE)
    proxy.stop()
    (proxy.folder / "state/findings.db").write_text("this is no database " * 100)
    proxy.start()
    assert send(proxy, anna.login, anna.password, "a@club.example", anna.login).code == 250
    refused = proxy.run("findings", "--json")
    assert refused.returncode == 75 and "findings.db" in json.loads(refused.stdout)["error"]["reason"]
    assert proxy.log().count("findings.db cannot be written") == 1


def test_nothing_secret_is_kept(start_proxy, pair):
    anna = pair.account("anna@example.org")
    proxy = start_proxy(settings=OBSERVE)
    proxy.clients.imap_dialogue().login("ANNA@example.org", anna.password)
    proxy.clients.imap_dialogue().login("ANNA@example.org", "hunter2-guess")
    assert findings(proxy)["findings"]
    proxy.stop()
    with sqlite3.connect(proxy.folder / "state/findings.db") as database:
        dump = "\n".join(database.iterdump())
    assert "ANNA@example.org" in dump and anna.password not in dump and "hunter2" not in dump


@pytest.mark.parametrize("words, code", [(("findings", "no domain"), 64), (("findings", "--csv", "--json"), 64),
                                         (("accounts",), 64), (("accounts", "propose", "--help"), 0)])
def test_exit_codes(proxy, words, code):
    assert proxy.run(*words).returncode == code


def test_passwords_that_the_new_server_would_refuse(start_proxy, pair):
    """Yes or no, of those whom a backend has let in; never the password."""
    anna, bert = pair.account("anna@example.org"), pair.account("bert@example.net")
    longest = len(anna.password)
    proxy = start_proxy(settings={"policy": {**OBSERVE["policy"], "password_policy": {"min_length": longest + 1}}})
    proxy.clients.imap_dialogue().login(anna.login, anna.password)
    assert "OK" not in proxy.clients.imap_dialogue().login(bert.login, "x")
    weak = of_kind(proxy, "weak_password")
    assert [(one["login"], one["domain"], one["count"]) for one in weak] == [(anna.login, "example.org", 1)]
    assert anna.password not in json.dumps(findings(proxy)) + proxy.log()
    assert anna.password.encode() not in (proxy.folder / "state" / "findings.db").read_bytes()
    proxy.write_settings({**proxy.settings, "policy": {**OBSERVE["policy"], "password_policy": {"min_length": longest}}})
    proxy.reload()
    proxy.clients.imap_dialogue().login(anna.login, anna.password)
    assert [one["count"] for one in of_kind(proxy, "weak_password")] == [1]
