"""Accounts from a file, SQLite, PostgreSQL and LDAP: the same rules, joined, and kept while a source is away."""

import json
import sqlite3
import threading

import pytest

from support import postgresql, slapd
from support.accounts import Account
from support.postgresql import PostgreSql
from support.slapd import Slapd

KINDS = ["sqlite", "postgresql", "ldap"]
MANY = 100_000


class SqliteSource:
    def __init__(self, folder):
        folder.mkdir()
        self.file = folder / "accounts.db"
        self.settings = {"sqlite": str(self.file)}
        self._lock = None
        self._do("CREATE TABLE accounts (login TEXT, senders TEXT, pin TEXT)")

    def add(self, *accounts):
        with sqlite3.connect(self.file) as database:
            database.executemany("INSERT INTO accounts VALUES (?, ?, NULL)",
                                 [(one.login, " ".join(one.senders)) for one in accounts])

    def remove(self, login):
        self._do("DELETE FROM accounts WHERE login = ?", login)

    def go_away(self):
        """Somebody writes and does not end."""
        self._lock = sqlite3.connect(self.file, isolation_level=None)
        self._lock.execute("BEGIN EXCLUSIVE")

    def come_back(self):
        self._lock.execute("ROLLBACK")
        self._lock.close()

    def stop(self):
        pass

    def _do(self, statement, *values):
        with sqlite3.connect(self.file) as database:
            database.execute(statement, values)


class PostgreSqlSource:
    def __init__(self, folder):
        self.server = PostgreSql(folder).start()
        password = folder / "password"
        password.write_text(postgresql.READER_PASSWORD + "\n")
        self.settings = {"postgresql": {"connection": self.server.connection(), "password_file": str(password)}}

    def add(self, *accounts):
        for one in accounts:
            self.server.sql(f"INSERT INTO accounts VALUES ('{one.login}', '{' '.join(one.senders)}')")

    def remove(self, login):
        self.server.sql(f"DELETE FROM accounts WHERE login = '{login}'")

    def go_away(self):
        self.server.stop()

    def come_back(self):
        self.server.resume()

    def stop(self):
        self.server.stop()


class LdapSource:
    def __init__(self, folder, authority):
        self.server = Slapd(folder, authority.issue("127.0.0.1")).start()
        password = folder / "password"
        password.write_text(slapd.READER_PASSWORD + "\n")
        self.settings = {"ldap": {
            "url": self.server.url, "starttls": True, "ca": str(authority.ca), "bind_dn": slapd.READER,
            "password_file": str(password), "base": slapd.PEOPLE, "senders": "mailLocalAddress"}}

    def add(self, *accounts):
        self.server.add(accounts)

    def remove(self, login):
        self.server.remove(login)

    def go_away(self):
        self.server.stop()

    def come_back(self):
        self.server.resume()

    def stop(self):
        self.server.stop()


@pytest.fixture
def make_source(pair, folder):
    made = []

    def make(kind):
        make_kind = {"sqlite": lambda: SqliteSource(folder / "sqlite"),
                     "postgresql": lambda: PostgreSqlSource(folder / "postgresql"),
                     "ldap": lambda: LdapSource(folder / "ldap", pair.authority)}
        made.append(make_kind[kind]())
        return made[-1]

    yield make
    for source in made:
        source.stop()


@pytest.fixture
def start_with(start_proxy):
    """A proxy whose accounts come from these sources and no file."""

    def start(*sources, **further):
        settings = {"csv": None}
        for source in sources:
            settings.update(source.settings)
        return start_proxy(settings={"accounts": settings}, **further)

    return start


def assert_let_in(proxy, account):
    assert proxy.clients.imap_dialogue(account).ask("NOOP")[-1].startswith("OK")


def assert_refused(proxy, login, password):
    assert proxy.clients.imap_dialogue().login(login, password).startswith("NO [AUTHENTICATIONFAILED]")


def may_send_as(proxy, account, sender):
    return proxy.clients.submission_dialogue(account).ask(f"MAIL FROM:<{sender}>").code == 250


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_case_is_refused_and_senders_count(start_with, make_source, pair, kind):
    source = make_source(kind)
    source.add(*pair.accounts)
    proxy = start_with(source)
    anna = pair.account("anna@example.org")
    assert_let_in(proxy, anna)
    assert_refused(proxy, "ANNA@example.org", anna.password)
    assert may_send_as(proxy, anna, "info@example.org")
    assert not may_send_as(proxy, anna, "bert@example.net")


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_that_goes_away_keeps_its_last_good_table(start_with, make_source, pair, kind):
    anna, bert = pair.account("anna@example.org"), pair.account("bert@example.net")
    others = [one for one in pair.accounts if one not in (anna, bert)]
    source = make_source(kind)
    source.add(anna, *others)
    proxy = start_with(source)
    before = proxy.status()["epoch"]
    source.go_away()
    told = proxy.reload()
    assert told["epoch"] == before + 1
    loud = [one for one in told["warnings"] if "IS OUT OF REACH" in one]
    assert len(loud) == 1 and f"its {1 + len(others)} accounts stay" in loud[0]
    assert "secret" not in loud[0]
    assert any(loud[0].split(": ", 1)[1] in one for one in proxy.status()["warnings"])
    assert_let_in(proxy, anna)
    assert_refused(proxy, "ANNA@example.org", anna.password)
    told = proxy.reload()  # Again, and nothing has been forgotten.
    assert any("IS OUT OF REACH" in one for one in told["warnings"])
    assert_let_in(proxy, anna)
    assert proxy.run("check").returncode == 75  # It has no former table.

    source.come_back()
    source.add(bert)
    source.remove(anna.login)
    told = proxy.reload("--allow-removals")
    assert not any("OUT OF REACH" in one for one in told["warnings"])
    assert not any("OUT OF REACH" in one for one in proxy.status()["warnings"])
    assert_let_in(proxy, bert)
    assert_refused(proxy, anna.login, anna.password)


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_without_its_source_is_put_off(start_with, make_source, pair, kind):
    source = make_source(kind)
    source.add(*pair.accounts)
    proxy = start_with(source)
    proxy.stop()
    source.go_away()
    done = proxy.run("serve")
    assert done.returncode == 75
    assert "is out of reach, and its accounts are not known yet" in done.stderr
    assert "secret" not in done.stderr
    source.come_back()
    proxy.start()


def test_what_a_refused_reload_has_read_is_not_kept(start_with, make_source, pair):
    """The table that stays is the one in force."""
    source = make_source("sqlite")
    source.add(*pair.accounts)
    proxy = start_with(source)
    anna = pair.account("anna@example.org")
    source.remove(anna.login)
    assert proxy.run("reload").returncode == 75  # More than 5 % would go.
    source.go_away()
    proxy.reload()
    assert_let_in(proxy, anna)
    source.come_back()


def test_another_query_has_no_former_table(start_with, make_source, pair):
    source = make_source("sqlite")
    source.add(*pair.accounts)
    proxy = start_with(source)
    source.go_away()
    proxy.write_settings({**proxy.settings, "accounts": {
        "sqlite": {"file": str(source.file), "query": "SELECT login FROM accounts"}}})
    done = proxy.run("reload", "--json")
    assert done.returncode == 75
    assert "is out of reach" in json.dumps(json.loads(done.stdout)["error"]["problems"])
    source.come_back()
    assert proxy.run("reload").returncode == 0


def test_all_sources_are_joined(start_proxy, make_source, pair):
    anna, bert = pair.account("anna@example.org"), pair.account("bert@example.net")
    sources = {kind: make_source(kind) for kind in KINDS}
    for number, source in enumerate(sources.values()):
        source.add(Account(anna.login, "", (f"from-{number}@example.org",)))
    sources["ldap"].add(bert)
    settings = {key: value for source in sources.values() for key, value in source.settings.items()}
    proxy = start_proxy(accounts=[anna], settings={"accounts": settings})
    for sender in ("info", "from-0", "from-1", "from-2"):
        assert may_send_as(proxy, anna, f"{sender}@example.org")
    assert_let_in(proxy, bert)
    sources["sqlite"]._do("UPDATE accounts SET pin = 'new'")
    sources["postgresql"].server.sql("UPDATE accounts SET pin = 'old'")
    done = proxy.run("reload")
    assert done.returncode == 78
    assert ('accounts.postgresql:1:1: pin: "anna@example.org" has "old" here and "new" in row 1 of '
            f'{sources["sqlite"].file}') in done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_bad_rows_are_problems_even_with_a_former_table(start_with, make_source, pair, kind):
    source = make_source(kind)
    source.add(*pair.accounts)
    proxy = start_with(source)
    before = proxy.status()["epoch"]
    source.add(Account("doubtful@example.org", "", ("nonsense",)))
    done = proxy.run("reload")
    assert done.returncode == 78
    assert f':{len(pair.accounts) + 1}:' in done.stdout + done.stderr
    assert 'senders: "nonsense" is not an address' in done.stdout + done.stderr
    assert proxy.status()["epoch"] == before


def test_a_directory_is_read_in_pages(start_with, make_source, pair):
    """More than one page has, and far more than this server gives at once."""
    source = make_source("ldap")
    source.add(*(Account(f"user{number}@example.net", "") for number in range(2500)), *pair.accounts)
    proxy = start_with(source)
    assert_let_in(proxy, pair.account("anna@example.org"))
    source.go_away()
    assert any(f"its {2500 + len(pair.accounts)} accounts stay" in one for one in proxy.reload()["warnings"])


def test_a_certificate_of_somebody_else_is_not_believed(make_source, pair, start_with, folder):
    source = make_source("ldap")
    source.add(*pair.accounts)
    proxy = start_with(source)
    source.settings["ldap"]["ca"] = "/etc/ssl/certs/ca-certificates.crt"
    proxy.write_settings({**proxy.settings, "accounts": source.settings})
    assert proxy.run("check").returncode == 75


def test_sessions_answer_while_many_accounts_are_read(start_with, make_source, pair):
    source = make_source("sqlite")
    source.add(*pair.accounts)
    proxy = start_with(source)
    anna = pair.account("anna@example.org")
    session = proxy.clients.imap_dialogue(anna)
    source.add(*(Account(f"user{number}@example.net", "", (f"alias{number}@example.net",)) for number in range(MANY)))
    replies = []
    reload = threading.Thread(target=lambda: replies.append(proxy.reload()))
    reload.start()
    answered = 0
    while reload.is_alive():
        assert session.ask("NOOP")[-1].startswith("OK")
        answered += 1
    reload.join()
    assert answered > 0 and replies
    assert_let_in(proxy, anna)
    source.go_away()
    assert any(f"its {MANY + len(pair.accounts)} accounts stay" in one for one in proxy.reload()["warnings"])
    source.come_back()
