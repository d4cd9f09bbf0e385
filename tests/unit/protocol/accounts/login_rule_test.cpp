#include "protocol/accounts/login_rule.hpp"

#include "tests/support/always.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace stellwerk;

namespace {

constexpr std::array all_modes{policy_mode::off, policy_mode::observe, policy_mode::warn,
                               policy_mode::enforce};

const account_table& accounts() {
  static const account_table table{{
      {"max@example.org", "example.org", "", "max.new@example.org", {}, {}},
      {"Buchhaltung", "example.net", "buchhaltung", "buchhaltung@example.net", {}, {}},
      {"Twin@example.org", "example.org", "", "", {}, {}},
      {"twin@example.org", "example.org", "", "", {}, {}},
      {"routed@example.org", "example.net", "", "", {}, {}},
      {"Odd@example.com", "example.org", "", "", {}, {}},
      {"odd@Example.com", "example.net", "", "", {}, {}},
  }};
  return table;
}

login_judgement judge(policy_mode mode, std::string_view login) {
  return judge_login(accounts(), always(mode), login);
}

} // namespace

TEST_CASE("an exact login is its account under every mode, with each side's spelling") {
  for (const auto mode : all_modes) {
    const auto max = judge(mode, "max@example.org");
    CHECK(max.allowed);
    CHECK(max.finding == login_finding::none);
    CHECK(max.domain == "example.org");
    CHECK(max.login_at(side::on_old) == "max@example.org");
    CHECK(max.login_at(side::on_new) == "max.new@example.org");

    const auto shared = judge(mode, "Buchhaltung");
    CHECK(shared.domain == "example.net");
    CHECK(shared.login_at(side::on_old) == "buchhaltung");
    CHECK(shared.login_at(side::on_new) == "buchhaltung@example.net");

    CHECK(judge(mode, "routed@example.org").domain == "example.net");
    CHECK(judge(mode, "Twin@example.org").who->login == "Twin@example.org");
    CHECK(judge(mode, "twin@example.org").who->login == "twin@example.org");
  }
}

TEST_CASE("a login that differs only by case") {
  for (const auto* wrong : {"Max@example.org", "max@EXAMPLE.org", "buchhaltung"}) {
    const auto enforced = judge(policy_mode::enforce, wrong);
    CHECK_FALSE(enforced.allowed);
    CHECK(enforced.who == nullptr);
    CHECK(enforced.finding == login_finding::wrong_case);
    for (const auto mode : {policy_mode::observe, policy_mode::warn}) {
      CHECK(judge(mode, wrong).allowed);
      CHECK(judge(mode, wrong).finding == login_finding::wrong_case);
    }
    CHECK(judge(policy_mode::off, wrong).allowed);
    CHECK(judge(policy_mode::off, wrong).finding == login_finding::none);
  }
  const auto exact_spelling = judge(policy_mode::warn, "MAX@example.org");
  CHECK(exact_spelling.login_at(side::on_old) == "max@example.org");
  CHECK(exact_spelling.login_at(side::on_new) == "max.new@example.org");
  CHECK(judge(policy_mode::observe, "BUCHHALTUNG").domain == "example.net");
}

TEST_CASE("a login that fits two accounts but neither exactly is nobody") {
  for (const auto mode : {policy_mode::off, policy_mode::observe, policy_mode::warn}) {
    const auto judged = judge(mode, "TWIN@example.org");
    CHECK(judged.allowed);
    CHECK(judged.who == nullptr);
    CHECK(judged.domain == "example.org");
    CHECK(judged.login_at(side::on_new) == "TWIN@example.org");
    CHECK((judged.finding == login_finding::wrong_case) == (mode != policy_mode::off));
  }
  CHECK_FALSE(judge(policy_mode::enforce, "TWIN@example.org").allowed);
  // The accounts disagree about the domain: what follows the @ decides.
  CHECK(judge(policy_mode::observe, "ODD@example.com").domain == "example.com");
}

TEST_CASE("an unknown login of a domain that has accounts") {
  for (const auto* unknown : {"eve@example.org", "eve@EXAMPLE.net", "eve@example.org."}) {
    const auto enforced = judge(policy_mode::enforce, unknown);
    CHECK_FALSE(enforced.allowed);
    CHECK(enforced.finding == login_finding::unknown_login);
    for (const auto mode : {policy_mode::off, policy_mode::observe, policy_mode::warn}) {
      const auto judged = judge(mode, unknown);
      CHECK(judged.allowed);
      CHECK(judged.who == nullptr);
      CHECK(judged.login_at(side::on_old) == unknown);
      CHECK((judged.finding == login_finding::unknown_login) == (mode != policy_mode::off));
    }
  }
}

TEST_CASE("a domain without accounts cannot be judged") {
  for (const auto mode : all_modes) {
    const auto judged = judge(mode, "Eve@Elsewhere.example");
    CHECK(judged.allowed);
    CHECK(judged.who == nullptr);
    CHECK(judged.finding == login_finding::none);
    CHECK(judged.domain == "elsewhere.example");
    CHECK(judged.login_at(side::on_old) == "Eve@Elsewhere.example");
  }
}

TEST_CASE("a bare or odd unknown login follows the default and is recorded") {
  for (const auto* unknown : {"eve", "", "eve@", "eve@exa mple"}) {
    const auto judged = judge(policy_mode::enforce, unknown);
    CHECK(judged.allowed);
    CHECK(judged.domain.empty());
    CHECK(judged.finding == login_finding::unknown_login);
    CHECK(judge(policy_mode::off, unknown).finding == login_finding::none);
  }
}

TEST_CASE("without any accounts everything is left to the backend") {
  const account_table none;
  for (const auto mode : all_modes)
    for (const auto* login : {"eve", "Eve@example.org"}) {
      const auto judged = judge_login(none, always(mode), login);
      CHECK(judged.allowed);
      CHECK(judged.finding == login_finding::none);
      CHECK(judged.login_at(side::on_new) == login);
    }
}
