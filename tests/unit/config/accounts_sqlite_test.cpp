#include "config/accounts_sqlite.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <sys/stat.h>

using namespace stellwerk;

namespace {

struct database {
  explicit database(const std::string& file) { sqlite3_open(file.c_str(), &handle); }
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() { sqlite3_close(handle); }
  void run(const std::string& sql) const {
    REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  sqlite3* handle = nullptr;
};

struct outcome {
  account_reading came;
  std::string said;
};

outcome read(const sqlite_accounts& source) {
  diagnostics found;
  outcome result{read_sqlite_accounts(source, found), {}};
  for (const auto& one : found)
    result.said += text_of(one).substr(one.file.rfind('/') + 1) + '\n';
  return result;
}

struct fixture {
  test::temporary_folder folder;
  sqlite_accounts source{folder.path() / "accounts.db"};
  database filled{source.file.string()};
};

} // namespace

TEST_CASE_FIXTURE(fixture, "rows of SQLite are accounts, NULL is empty") {
  filled.run("CREATE TABLE accounts (pin TEXT, login TEXT, domain TEXT, senders TEXT);"
             "INSERT INTO accounts VALUES (NULL, 'anna@example.org', NULL, 'a@example.org *'),"
             "('new', 'Buchhaltung', 'Example.net', '')");
  const auto [came, said] = read(source);
  CHECK(said.empty());
  CHECK(came.out_of_reach.empty());
  REQUIRE(came.rows.accounts.size() == 2);
  CHECK(came.rows.accounts[0].login == "anna@example.org");
  CHECK(came.rows.accounts[0].senders.size() == 2);
  CHECK(came.rows.accounts[1].domain == "example.net");
  CHECK(came.rows.accounts[1].pin == side::on_new);
}

TEST_CASE_FIXTURE(fixture, "the rules of accounts.csv hold, the row is the line") {
  filled.run(
      "CREATE TABLE accounts (login, domain, senders, pin);"
      "INSERT INTO accounts VALUES ('a@a.example', '', '', ''), ('a@a.example', '', '', ''),"
      "('bare', '', '', ''), ('b@a.example', 'no domain', 'nope', 'neu'),"
      "('', 'a.example', '', ''), (CAST(x'6DFC40612E6578616D706C65' AS TEXT), '', '', ''),"
      "('f' || char(0) || '@a.example', '', '', ''),"
      "('c@a.example', '', replace(hex(zeroblob(40000)), '0', '*'), '')");
  CHECK(read(source).said
        == "accounts.db:2:1: login: \"a@a.example\" is already in row 1\n"
           "accounts.db:3:1: domain: \"bare\" has no @, so its domain must be written\n"
           "accounts.db:4:2: domain: \"no domain\" is no domain\n"
           "accounts.db:4:3: senders: \"nope\" is not an address, @domain or *\n"
           "accounts.db:4:4: pin: \"neu\" is not old, new or empty\n"
           "accounts.db:5:1: login: is empty\n"
           "accounts.db:6:1: login: is not UTF-8\n"
           "accounts.db:7:1: login: \"f\\x00@a.example\" holds a control character\n"
           "accounts.db:8:3: senders: is longer than 64 KiB\n");
}

TEST_CASE_FIXTURE(fixture, "a query of the operator's own") {
  filled.run("CREATE TABLE people (id, mail); INSERT INTO people VALUES (1, 'a@a.example')");
  source.query = "SELECT mail AS login FROM people;";
  CHECK(read(source).came.rows.accounts.size() == 1);
  source.query = "SELECT id, mail AS lgin FROM people";
  CHECK(read(source).said
        == "accounts.db: unknown column \"id\"\n"
           "accounts.db: unknown column \"lgin\", did you mean \"login\"?\n"
           "accounts.db:1:1: the query must name the column login\n");
  const std::string must_read = "accounts.db: the query must be a single one that only reads\n";
  for (const auto* query : {"DELETE FROM people", "SELECT mail AS login FROM people; SELECT 1",
                            "", "INSERT INTO people VALUES (2, 3) RETURNING id"}) {
    source.query = query;
    CHECK(read(source).said == must_read);
  }
  source.query = "SELECT * FROM accounts";
  CHECK(read(source).said == "accounts.db: cannot be read: no such table: accounts\n");
}

TEST_CASE_FIXTURE(fixture, "a locked database is out of reach") {
  filled.run("CREATE TABLE accounts (login); BEGIN EXCLUSIVE");
  const auto [came, said] = read(source);
  CHECK(said.empty());
  CHECK(came.out_of_reach == "database is locked");
}

TEST_CASE("a file that is no database is a problem") {
  const test::temporary_folder folder;
  sqlite_accounts source{folder.path() / "accounts.db"};
  CHECK(read(source).said == "accounts.db: cannot be read: No such file or directory\n");
  folder.write("accounts.db", std::string(5000, 'x'));
  CHECK(read(source).said == "accounts.db: cannot be read: file is not a database\n");
  source.file = folder.path() / "fifo";
  REQUIRE(::mkfifo(source.file.c_str(), 0600) == 0);
  CHECK(read(source).said == "fifo: is not a regular file\n");
}
