#include "protocol/accounts/sender_rule.hpp"

#include "tests/support/always.hpp"

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
  const auto who = judge_login(accounts(), always(login_case), login);
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
  const auto who = judge_login(accounts(), always(policy_mode::enforce), "plain@example.org");
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
    const auto who = judge_login(none, always(policy_mode::off), login);
    CHECK(judge_envelope_sender(none, policy_mode::enforce, who, "max@example.org").allowed);
  }
}

namespace {

// The reason under `enforce`; empty if the message may go.
std::string header_fault(std::string_view login, std::string_view fields,
                         policy_mode binding = policy_mode::enforce) {
  const auto who = judge_login(accounts(), always(policy_mode::observe), login);
  const auto judged
      = judge_header_senders(accounts(), binding, who, smtp::read_header_senders(fields));
  CHECK(judged.allowed == (judged.field.empty() || binding != policy_mode::enforce));
  return judged.why;
}

} // namespace

TEST_CASE("every sender that a header names is the login's own") {
  const auto* max = "max.muster@example.org";
  CHECK(header_fault(max, "From: Max <MAX@example.org>\r\n").empty());
  CHECK(header_fault(max, "From: max@example.org, info+x@example.org\r\n").empty());
  CHECK(header_fault(max, "From: max@example.org\r\nSender: info@example.org\r\n").empty());
  CHECK(header_fault(max, "From: plain@example.org\r\n")
        == "From names plain@example.org, which your login does not own");
  CHECK(header_fault(max, "From: max@example.org, plain@example.org\r\n")
        == "From names plain@example.org, which your login does not own");
  CHECK(header_fault(max, "From: max@example.org\r\nSender: plain@example.org\r\n")
        == "Sender names plain@example.org, which your login does not own");
  CHECK(header_fault(max, "Resent-From: plain@example.org\r\nFrom: max@example.org\r\n")
        == "Resent-From names plain@example.org, which your login does not own");
  CHECK(header_fault(max, "From: plain@example.org <max@example.org>\r\n")
        == "From names plain@example.org, which your login does not own");
  CHECK(header_fault(max, "From: max@example.org\r\nfrom: plain@example.org\r\n")
        == "From names plain@example.org, which your login does not own");
  CHECK(header_fault(max, "From: max\r\n") == "From names max, which your login does not own");
  CHECK(header_fault(max, "Subject: x\r\n") == "the message has no From");
  CHECK(header_fault(max, "From: (\r\n")
        == "the sender cannot be read safely: From: a comment has no end");
  CHECK(header_fault("Buchhaltung", "From: Anyone <anyone@example.net>\r\n").empty());
}

TEST_CASE("every foreign address of a header is named, once") {
  const auto who
      = judge_login(accounts(), always(policy_mode::enforce), "max.muster@example.org");
  const auto foreign = [&](std::string_view fields) {
    return foreign_addresses(accounts(), who, smtp::read_header_senders(fields));
  };
  using addresses = std::vector<std::string>;
  CHECK(foreign("From: max@example.org\r\n").empty());
  CHECK(foreign("From: a@x.example, max@example.org, b@x.example\r\nSender: a@x.example\r\n")
        == addresses{"a@x.example", "b@x.example"});
  CHECK(foreign("Subject: x\r\n").empty());
}

TEST_CASE("who may send as anybody needs a From, and that alone") {
  CHECK(header_fault("robot", "From: anyone@anywhere.example\r\n").empty());
  CHECK(header_fault("robot", "From: (\r\n").empty());
  CHECK(header_fault("robot", "Subject: x\r\n") == "the message has no From");
}

TEST_CASE("who cannot be judged may write what they like, but as somebody known") {
  CHECK(header_fault("eve@elsewhere.example", "From: max@example.org\r\n").empty());
  CHECK(header_fault("eve@elsewhere.example", "Subject: x\r\n").empty());
  CHECK(header_fault("eve", "Subject: x\r\n").empty());
  CHECK(header_fault("eve", "From: max@example.org\r\n")
        == "From names max@example.org, which your login does not own");
}

TEST_CASE("a header is recorded in observe, and nothing is in off") {
  CHECK(header_fault("max.muster@example.org", "From: plain@example.org\r\n",
                     policy_mode::observe)
        == "From names plain@example.org, which your login does not own");
  CHECK(header_fault("max.muster@example.org", "From: plain@example.org\r\n", policy_mode::off)
            .empty());
}
