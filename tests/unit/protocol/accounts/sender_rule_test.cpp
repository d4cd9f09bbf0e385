#include "protocol/accounts/sender_rule.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace stellwerk;

namespace {

std::vector<sender_pattern> patterns(std::initializer_list<std::string_view> texts) {
  std::vector<sender_pattern> result;
  for (const auto text : texts)
    result.push_back(parse_sender_pattern(text).value());
  return result;
}

const account_table& accounts() {
  static const account_table table{{
      {"max.muster@example.org",
       "example.org",
       "",
       "",
       patterns({"max@example.org", "info@example.org"}),
       {}},
      {"Buchhaltung", "example.net", "", "", patterns({"@example.net"}), {}},
      {"robot", "example.org", "", "", patterns({"*"}), {}},
      {"plain@example.org", "example.org", "", "", {}, {}},
  }};
  return table;
}

// Under `enforce`; the login is judged under `login_case`.
bool may_send(std::string_view login, std::string_view sender,
              policy_mode login_case = policy_mode::observe) {
  const auto who = judge_login(accounts(), login_case, login);
  const auto judged = judge_envelope_sender(accounts(), policy_mode::enforce, who, sender);
  CHECK(judged.allowed == (judged.finding == sender_finding::none));
  return judged.allowed;
}

} // namespace

TEST_CASE("a login sends as itself and as its senders") {
  for (const auto* own : {"max.muster@example.org", "MAX.Muster@EXAMPLE.ORG", "max@example.org",
                          "info@example.org", "max+list@example.org", "\"max\"@example.org",
                          "max.muster+x@example.org"})
    CHECK(may_send("max.muster@example.org", own));
  for (const auto* foreign : {"plain@example.org", "max@example.net", "maxi@example.org",
                              "postmaster", "max@", "@example.org", "muster@example.org"})
    CHECK_FALSE(may_send("max.muster@example.org", foreign));
}

TEST_CASE("everyone may use the null reverse-path") {
  CHECK(may_send("plain@example.org", ""));
  CHECK(may_send("eve@example.org", ""));
}

TEST_CASE("a whole domain, and everything") {
  CHECK(may_send("Buchhaltung", "anyone@Example.net"));
  CHECK_FALSE(may_send("Buchhaltung", "anyone@example.org"));
  CHECK_FALSE(may_send("Buchhaltung", "anyone@sub.example.net"));
  CHECK(may_send("robot", "anyone@anywhere.example"));
  CHECK(may_send("robot", "postmaster"));
}

TEST_CASE("a wrong-cased login that was let in is its account") {
  CHECK(may_send("MAX.MUSTER@example.org", "info@example.org"));
  CHECK_FALSE(may_send("MAX.MUSTER@example.org", "plain@example.org"));
}

TEST_CASE("an unknown login that was let in owns itself alone") {
  CHECK(may_send("eve@example.org", "Eve@example.org"));
  CHECK(may_send("eve@example.org", "eve+x@example.org"));
  CHECK_FALSE(may_send("eve@example.org", "plain@example.org"));
  CHECK_FALSE(may_send("eve@example.org", "eve@elsewhere.example"));
}

TEST_CASE("a login of a domain without accounts cannot be judged") {
  CHECK(may_send("bob@elsewhere.example", "bob@elsewhere.example", policy_mode::enforce));
  CHECK(may_send("bob@elsewhere.example", "sales@elsewhere.example", policy_mode::enforce));
}

TEST_CASE("a bare unknown login cannot take an address of a domain that has accounts") {
  CHECK(may_send("max", "max@elsewhere.example"));
  CHECK(may_send("max", "max"));
  CHECK_FALSE(may_send("max", "plain@example.org"));
}

TEST_CASE("observe and warn refuse nothing and record, off does not even record") {
  const auto who = judge_login(accounts(), policy_mode::enforce, "plain@example.org");
  for (const auto mode : {policy_mode::observe, policy_mode::warn}) {
    const auto judged = judge_envelope_sender(accounts(), mode, who, "max@example.org");
    CHECK(judged.allowed);
    CHECK(judged.finding == sender_finding::foreign_sender);
  }
  const auto off = judge_envelope_sender(accounts(), policy_mode::off, who, "max@example.org");
  CHECK(off.allowed);
  CHECK(off.finding == sender_finding::none);
}

TEST_CASE("without any accounts every sender passes") {
  const account_table none;
  for (const auto* login : {"eve", "eve@example.org"}) {
    const auto who = judge_login(none, policy_mode::off, login);
    CHECK(judge_envelope_sender(none, policy_mode::enforce, who, "max@example.org").allowed);
  }
}
