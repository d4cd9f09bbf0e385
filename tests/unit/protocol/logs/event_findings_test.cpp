#include "protocol/logs/event_findings.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace stellwerk;
using logs::mail_event;

namespace {

using found = std::vector<std::pair<finding_kind, std::string>>; // Kind and address.

const account_table& accounts() {
  static const account_table table{
      {{"anna@example.org",
        "example.org",
        "",
        "",
        {sender_pattern{sender_pattern::form::address, {"info", "example.org"}}},
        {}}}};
  return table;
}

found findings_of(mail_event event) {
  event.service = "imap-login";
  event.client = "192.0.2.1";
  const auto judged = logs::judge_event(accounts(), event);
  found all;
  for (const auto& one : judged.found) {
    CHECK(one.login == event.login);
    CHECK(one.domain == judged.domain);
    CHECK(one.client == "192.0.2.1");
    CHECK(one.listener == "imap-login");
    CHECK(one.accepted == event.accepted);
    all.emplace_back(one.kind, one.address);
  }
  return all;
}

mail_event login(std::string name) { return {.accepted = true, .login = std::move(name)}; }

mail_event message(std::string name, std::string sender) {
  return {.what = mail_event::kind::message,
          .accepted = true,
          .login = std::move(name),
          .sender = std::move(sender)};
}

} // namespace

TEST_CASE("logins are judged as under observe") {
  CHECK(findings_of(login("anna@example.org")).empty());
  CHECK(findings_of(login("bert@elsewhere.example")).empty());
  CHECK(findings_of(login("Anna@example.org")) == found{{finding_kind::wrong_case, ""}});
  CHECK(findings_of(login("ghost@example.org")) == found{{finding_kind::unknown_login, ""}});
  CHECK(findings_of(login("anna")) == found{{finding_kind::unknown_login, ""}});
  CHECK(logs::judge_event(accounts(), login("Anna@EXAMPLE.org")).domain == "example.org");
}

TEST_CASE("the ways in that will end are those of who got in; a try in clear is one") {
  auto old = login("anna@example.org");
  old.by_pop3 = true;
  old.without_tls = true;
  old.on_port_25 = true;
  CHECK(findings_of(old)
        == found{{finding_kind::plaintext_attempt, ""},
                 {finding_kind::pop3_used, ""},
                 {finding_kind::submission_on_25, ""}});
  old.accepted = false;
  CHECK(findings_of(old) == found{{finding_kind::plaintext_attempt, ""}});
  old.login.clear();
  CHECK(findings_of(old) == found{{finding_kind::plaintext_attempt, ""}});
  auto guess = login("ghost@example.org");
  guess.accepted = false;
  CHECK(findings_of(guess) == found{{finding_kind::unknown_login, ""}});
}

TEST_CASE("a message tells of its sender alone") {
  CHECK(findings_of(message("anna@example.org", "ANNA+x@example.org")).empty());
  CHECK(findings_of(message("anna@example.org", "info@example.org")).empty());
  CHECK(findings_of(message("anna@example.org", "")).empty());
  CHECK(findings_of(message("bert@elsewhere.example", "x@y.example")).empty());
  CHECK(findings_of(message("Anna@example.org", "a@club.example"))
        == found{{finding_kind::foreign_sender, "a@club.example"}});
}
