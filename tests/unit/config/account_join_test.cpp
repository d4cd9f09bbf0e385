#include "config/account_join.hpp"

#include "config/accounts_csv.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

struct joined {
  std::vector<account> accounts;
  std::string said;
};

joined join(const std::string& first, const std::string& second) {
  diagnostics found;
  std::vector<account_rows> sources;
  sources.push_back(parse_accounts(first, "a.csv", found));
  sources.push_back(parse_accounts(second, "b.csv", found));
  joined result{join_accounts(std::move(sources), found), {}};
  for (const auto& one : found)
    result.said += text_of(one) + '\n';
  return result;
}

} // namespace

TEST_CASE("accounts of two sources are one table") {
  const auto [accounts, said] = join("login\na@a.example\n", "login\nb@a.example\n");
  CHECK(said.empty());
  REQUIRE(accounts.size() == 2);
  CHECK(accounts[1].login == "b@a.example");
}

TEST_CASE("an account that both name has the senders of both, each once") {
  const auto [accounts, said]
      = join("login,senders\na@a.example,info@a.example x@a.example\nc@a.example,\n",
             "login,senders\na@a.example,INFO@a.example @b.example\n");
  CHECK(said.empty());
  REQUIRE(accounts.size() == 2);
  REQUIRE(accounts[0].senders.size() == 3);
  CHECK(accounts[0].senders[2].kind == sender_pattern::form::domain);
}

TEST_CASE("what only one of them says counts") {
  const auto [accounts, said]
      = join("login,domain,old_login\na@a.example,,anna\n",
             "login,domain,new_login,pin\na@a.example,b.example,anna.b,new\n");
  CHECK(said.empty());
  REQUIRE(accounts.size() == 1);
  CHECK(accounts[0].domain == "b.example");
  CHECK(accounts[0].old_login == "anna");
  CHECK(accounts[0].new_login == "anna.b");
  CHECK(accounts[0].pin == side::on_new);
}

TEST_CASE("a contradiction names both sources") {
  const std::string header = "login,domain,old_login,new_login,pin\n";
  CHECK(join(header + "x@a.example,,,,\na@a.example,b.example,o,n,old\n",
             header + "a@a.example,c.example,p,m,new\n")
            .said
        == "b.csv:2:1: domain: \"a@a.example\" has \"c.example\" here and \"b.example\" in "
           "line 3 of a.csv\n"
           "b.csv:2:1: old_login: \"a@a.example\" has \"p\" here and \"o\" in line 3 of a.csv\n"
           "b.csv:2:1: new_login: \"a@a.example\" has \"m\" here and \"n\" in line 3 of a.csv\n"
           "b.csv:2:1: pin: \"a@a.example\" has \"new\" here and \"old\" in line 3 of a.csv\n");
}

TEST_CASE("a contradiction names the source that has said it, not the first") {
  diagnostics found;
  std::vector<account_rows> sources;
  sources.push_back(parse_accounts("login\na@a.example\n", "a.csv", found));
  sources.push_back(
      parse_accounts("login,pin\nx@a.example,\na@a.example,new\n", "b.csv", found));
  sources.push_back(parse_accounts("login,pin\na@a.example,old\n", "c.csv", found));
  (void)join_accounts(std::move(sources), found);
  REQUIRE(found.size() == 1);
  CHECK(text_of(found.front())
        == "c.csv:2:1: pin: \"a@a.example\" has \"old\" here and \"new\" in line 3 of b.csv");
}

TEST_CASE("pins are compared over all sources") {
  CHECK(join("login,senders,pin\na@a.example,info@a.example,new\n",
             "login,senders,pin\nb@a.example,info@a.example,old\n")
            .said
        == "b.csv:2:1: pin: delivery of info@a.example is pinned to new in line 2 of a.csv and "
           "to old here\n");
}

TEST_CASE("of many problems the first thousand are told") {
  std::string text = "login\n";
  for (int i = 0; i < 5000; ++i)
    text += "bare" + std::to_string(i) + '\n';
  diagnostics found;
  (void)parse_accounts(text, "a.csv", found);
  REQUIRE(found.size() == 1001);
  CHECK(found.back().what == "further problems are not told");
}
