#include "protocol/accounts/account_table.hpp"

#include "tests/support/sanitized.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>

using namespace stellwerk;

namespace {

account make(std::string login, std::string domain, std::optional<side> pin = {},
             std::initializer_list<std::string_view> senders = {}) {
  account result{std::move(login), std::move(domain), {}, {}, {}, pin};
  for (const auto sender : senders)
    result.senders.push_back(parse_sender_pattern(sender).value());
  return result;
}

account_table table(std::vector<account> accounts) {
  return account_table{std::move(accounts)};
}

std::optional<side> pin_of(const account_table& accounts, std::string_view address) {
  return accounts.pin_of(split_address(address).value());
}

} // namespace

TEST_CASE("logins are found octet for octet, or all that differ by case") {
  const auto accounts
      = table({make("Max@example.org", "example.org"), make("max@example.org", "example.org"),
               make("Buchhaltung", "example.net")});
  CHECK(accounts.size() == 3);
  CHECK(accounts.find("max@example.org")->login == "max@example.org");
  CHECK(accounts.find("Max@example.org")->login == "Max@example.org");
  CHECK(accounts.find("MAX@example.org") == nullptr);
  CHECK(accounts.find("max@example.or") == nullptr);
  CHECK(accounts.find("") == nullptr);
  CHECK(accounts.find_ignoring_case("MAX@EXAMPLE.ORG").size() == 2);
  CHECK(accounts.find_ignoring_case("buchHaltung").size() == 1);
  CHECK(accounts.find_ignoring_case("nobody").empty());
}

TEST_CASE("which domains have accounts") {
  const auto accounts
      = table({make("a@example.org", "example.org"), make("b@example.org", "example.org"),
               make("c@example.org", "example.net")});
  CHECK(accounts.count_in("example.org") == 2);
  CHECK(accounts.count_in("example.net") == 1);
  CHECK_FALSE(accounts.has_accounts("example.com"));
  CHECK_FALSE(accounts.has_accounts(""));
}

TEST_CASE("the first of two rows for one login counts") {
  const auto accounts = table({make("a@example.org", "example.org"),
                               make("a@example.org", "example.net", side::on_new)});
  CHECK(accounts.find("a@example.org")->domain == "example.org");
  CHECK(accounts.find_ignoring_case("A@example.org").size() == 1);
  CHECK(accounts.count_in("example.net") == 0);
  CHECK_FALSE(pin_of(accounts, "a@example.org").has_value());
}

TEST_CASE("a move keeps every account where it is") {
  auto accounts = table({make("a@x.example", "x.example"), make("b@x.example", "x.example")});
  const auto* before = accounts.find("b@x.example");
  const auto moved = std::move(accounts);
  CHECK(moved.find("b@x.example") == before);
  CHECK(moved.find_ignoring_case("B@x.example").front() == before);
  CHECK(moved.count_in("x.example") == 2);
}

TEST_CASE("a pin pulls the login and the literal addresses of its senders") {
  const auto accounts
      = table({make("pilot@example.org", "example.org", side::on_new,
                    {"Info@example.org", "@example.com", "*", "sales@m\xC3\xBCller.example"}),
               make("bare", "example.org", side::on_old, {"bare@example.org"}),
               make("max@example.org", "example.org", {}, {"contact@example.org"})});
  CHECK(pin_of(accounts, "PILOT@Example.org") == side::on_new);
  CHECK(pin_of(accounts, "info@example.org") == side::on_new);
  CHECK(pin_of(accounts, "sales@xn--mller-kva.example") == side::on_new);
  CHECK(pin_of(accounts, "bare@example.org") == side::on_old);
  CHECK_FALSE(pin_of(accounts, "anyone@example.com").has_value());
  CHECK_FALSE(pin_of(accounts, "max@example.org").has_value());
  CHECK_FALSE(pin_of(accounts, "contact@example.org").has_value());
}

TEST_CASE("a pin pulls details, unless the detail is another account's address") {
  const auto accounts = table(
      {make("a+other@x.example", "x.example"), make("a@x.example", "x.example", side::on_new),
       make("b@x.example", "x.example", side::on_old, {"a+b@x.example"})});
  CHECK(pin_of(accounts, "a+list@x.example") == side::on_new);
  CHECK(pin_of(accounts, "a+list+more@x.example") == side::on_new);
  CHECK_FALSE(pin_of(accounts, "a+other@x.example").has_value());
  CHECK_FALSE(pin_of(accounts, "a+other+more@x.example").has_value());
  CHECK(pin_of(accounts, "a+b@x.example") == side::on_old);
  CHECK_FALSE(pin_of(accounts, "+a@x.example").has_value());
}

TEST_CASE("a hundred thousand accounts are a table in well under a second") {
  std::vector<account> many;
  for (int i = 0; i < 100000; ++i) {
    const auto name
        = "first.last" + std::to_string(i) + "@example" + std::to_string(i % 500) + ".org";
    many.push_back(make(name, "example" + std::to_string(i % 500) + ".org",
                        i % 10 == 0 ? std::optional{side::on_new} : std::nullopt,
                        {"alias" + std::to_string(i) + "@example.com"}));
  }
  const auto start = std::chrono::steady_clock::now();
  const auto accounts = table(std::move(many));
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(accounts.size() == 100000);
  CHECK(accounts.count_in("example7.org") == 200);
  CHECK(accounts.find("first.last99999@example499.org") != nullptr);
  const bool in_time = took < std::chrono::seconds{5}; // About 60 ms; a busy machine is slower.
  CHECK((in_time || is_sanitized()));
  MESSAGE("built in " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                      << " ms");
}
