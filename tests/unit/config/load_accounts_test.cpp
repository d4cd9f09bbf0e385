#include "config/load_accounts.hpp"

#include "config/account_rows.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

using namespace stellwerk;

namespace {

constexpr auto nobody_there = "host=127.0.0.1 port=1 user=s password=s3cret";

/// A snapshot with two accounts of a server at a port where nobody listens.
snapshot loaded_before() {
  snapshot before;
  before.settings.accounts.postgresql = postgresql_accounts{nobody_there, {}, "SELECT 1"};
  auto rows = std::make_shared<account_rows>();
  rows->source.name = "accounts.postgresql";
  for (const auto* login : {"anna@example.org", "bert@example.org"}) {
    account one;
    one.login = login;
    one.domain = "example.org";
    rows->accounts.push_back(one);
    rows->origins.push_back({{1, 1}, false});
  }
  before.accounts_read.postgresql = std::move(rows);
  return before;
}

} // namespace

TEST_CASE("a source out of reach keeps its last rows, and says so without a secret") {
  const auto before = loaded_before();
  diagnostics found;
  const auto loaded = load_accounts(before.settings.accounts, &before, found);
  CHECK(loaded.accounts.size() == 2);
  CHECK(loaded.read.postgresql == before.accounts_read.postgresql);
  REQUIRE(found.size() == 1);
  CHECK(found.front().weight == severity::warning);
  const auto said = text_of(found.front());
  CHECK(said.find("accounts.postgresql: warning: IS OUT OF REACH; its 2 accounts stay")
        != std::string::npos);
  CHECK(said.find("s3cret") == std::string::npos);
}

TEST_CASE("out of reach without anything to keep is a problem that may pass") {
  const auto before = loaded_before();
  diagnostics found;
  SUBCASE("at a start") { (void)load_accounts(before.settings.accounts, nullptr, found); }
  SUBCASE("when it is another source than before") {
    auto sources = before.settings.accounts;
    sources.postgresql->query = "SELECT 2";
    (void)load_accounts(sources, &before, found);
  }
  CHECK(has_problems(found));
  CHECK(may_pass(found));
  found.push_back({"s.yaml", {}, "", "is wrong", severity::problem});
  CHECK_FALSE(may_pass(found));
}

TEST_CASE("a directory out of reach") {
  account_sources sources;
  sources.ldap = ldap_accounts{};
  sources.ldap->url = "ldap://127.0.0.1:1";
  sources.ldap->base = "dc=example,dc=org";
  diagnostics found;
  (void)load_accounts(sources, nullptr, found);
  CHECK(may_pass(found));
  CHECK(text_of(found.front()).starts_with("accounts.ldap: is out of reach, "));
}

TEST_CASE("a file beside a database, joined") {
  const test::temporary_folder folder;
  account_sources sources;
  sources.csv = folder.write("a.csv", "login,senders\nanna@example.org,x@example.org\n");
  sources.sqlite = sqlite_accounts{folder.path() / "a.db"};
  sqlite3* made = nullptr;
  sqlite3_open(sources.sqlite->file.c_str(), &made);
  sqlite3_exec(made,
               "CREATE TABLE accounts (login, senders);"
               "INSERT INTO accounts VALUES ('anna@example.org', 'y@example.org')",
               nullptr, nullptr, nullptr);
  sqlite3_close(made);
  diagnostics found;
  const auto loaded = load_accounts(sources, nullptr, found);
  CHECK(found.empty());
  REQUIRE(loaded.accounts.size() == 1);
  CHECK(loaded.accounts[0].senders.size() == 2);
  CHECK(loaded.read.sqlite->accounts.size() == 1);
}

TEST_CASE("a password file that is not there, or empty, is a problem that does not pass") {
  const test::temporary_folder folder;
  auto sources = loaded_before().settings.accounts;
  sources.postgresql->password_file = folder.path() / "password";
  diagnostics found;
  SUBCASE("absent") {}
  SUBCASE("empty") { folder.write("password", "\nsecond line"); }
  (void)load_accounts(sources, nullptr, found);
  CHECK(has_problems(found));
  CHECK_FALSE(may_pass(found));
}
