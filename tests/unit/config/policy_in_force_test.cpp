#include "config/policy_in_force.hpp"

#include "config/load_configuration.hpp"
#include "protocol/smtp/header_senders.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::chrono;

namespace {

const std::string needed = R"(certificates: [{ chain: c, key: k }]
listeners: [{ protocol: smtp, address: "127.0.0.1:25", tls: starttls }]
backends:
  old: { smtp: { address: "old:25" } }
  new: { smtp: { address: "new:25" } }
accounts: { csv: a.csv }
)";

snapshot with(const std::string& more) {
  diagnostics found;
  snapshot made;
  made.settings = parse_configuration(more + '\n' + needed, "s.yaml", found).value();
  for (const auto& one : found)
    CHECK_MESSAGE(one.weight == severity::warning, text_of(one));
  made.accounts = std::make_shared<const account_table>(
      std::vector<account>{{"max@example.org", "example.org", "", "", {}, {}},
                           {"eva@example.net", "example.net", "", "", {}, {}}});
  return made;
}

constexpr auto noon = sys_days{2026y / November / 24} + 12h;

policy_in_force rules(const snapshot& current, system_clock::time_point now = noon,
                      const std::string& client = "192.0.2.7") {
  return {current, client, now};
}

bool lets_in(const snapshot& current, const std::string& login,
             system_clock::time_point now = noon) {
  return rules(current, now).judge_login(login).judged.allowed;
}

bool lets_write(const snapshot& current, const std::string& from,
                system_clock::time_point now = noon, const std::string& client = "192.0.2.7") {
  const auto here = rules(current, now, client);
  const auto login = here.judge_login("max@example.org").judged;
  return here.judge_header(login, smtp::read_header_senders(from)).judged.allowed;
}

} // namespace

TEST_CASE("each domain has rules of its own, and what it does not say is as for all") {
  const auto current
      = with("policy:\n"
             "  login_case: observe\n"
             "  sender_binding: { envelope: enforce, header: enforce }\n"
             "  domains:\n"
             "    Example.NET: { login_case: enforce, sender_binding: { envelope: off } }");
  CHECK(lets_in(current, "MAX@example.org"));
  CHECK_FALSE(lets_in(current, "EVA@example.net"));
  const auto here = rules(current);
  const auto max = here.judge_login("max@example.org").judged;
  const auto eva = here.judge_login("eva@example.net").judged;
  CHECK_FALSE(here.judge_envelope(max, "eva@example.net").judged.allowed);
  CHECK(here.judge_envelope(eva, "max@example.org").judged.finding == sender_finding::none);
  CHECK_FALSE(here.judge_header(eva, smtp::read_header_senders("From: max@example.org\r\n"))
                  .judged.allowed);
}

TEST_CASE("a rule is enforced from its day on, and observed before") {
  const auto day = sys_days{2026y / December / 1};
  for (const auto* written :
       {"policy: { login_case: { enforce_from: 2026-12-01 } }",
        "policy: { login_case: { mode: enforce, enforce_from: 2026-12-01 } }",
        "policy: { login_case: off, domains: { example.org: { login_case: { mode: observe, "
        "enforce_from: 2026-12-01 } } } }"}) {
    const auto current = with(written);
    CHECK(rules(current, day - 1s).judge_login("MAX@example.org").judged.finding
          == login_finding::wrong_case);
    CHECK(lets_in(current, "MAX@example.org", day - 1s));
    CHECK_FALSE(lets_in(current, "MAX@example.org", day));
  }
  const auto both = with("policy: { sender_binding: { envelope: enforce, header: warn, "
                         "enforce_from: 2026-12-01 } }");
  const auto login = rules(both).judge_login("max@example.org").judged;
  for (const auto& [now, allowed] : {std::pair{day - 1s, true}, std::pair{day + 0s, false}}) {
    const auto envelope = rules(both, now).judge_envelope(login, "eva@example.net").judged;
    CHECK(envelope.allowed == allowed);
    CHECK(envelope.finding == sender_finding::foreign_sender);
    CHECK(lets_write(both, "From: eva@example.net\r\n", now) == allowed);
  }
}

TEST_CASE("an exception lets through what it names, and says that it did") {
  const auto current
      = with("policy: { sender_binding: { header: enforce } }\n"
             "exceptions:\n"
             "  - { policy: login_case, login: MAX@example.org, until: 2026-11-30, "
             "reason: r, owner: o }\n"
             "  - { policy: sender_binding, login: max@example.org, address: "
             "\"@shop.example\", until: 2026-11-30, reason: r, owner: o }\n"
             "  - { policy: sender_binding, network: 198.51.100.0/24, until: "
             "2026-11-30, reason: r, owner: o }");
  const auto let = rules(current).judge_login("MAX@example.org");
  CHECK(let.judged.allowed);
  CHECK(let.judged.who->login == "max@example.org");
  CHECK(let.judged.finding == login_finding::wrong_case);
  REQUIRE(let.exempted_by != nullptr);
  CHECK(let.exempted_by->policy == policy_name::login_case);
  CHECK(rules(current).judge_login("max@example.org").exempted_by == nullptr);
  CHECK_FALSE(lets_in(current, "Max@example.org"));

  CHECK(lets_write(current, "From: info@shop.example\r\n"));
  CHECK(lets_write(current, "From: a@shop.example, b@shop.example, max@example.org\r\n"));
  CHECK_FALSE(lets_write(current, "From: a@shop.example, eva@example.net\r\n"));
  CHECK_FALSE(lets_write(current, "Subject: nobody\r\n"));
  CHECK(lets_write(current, "From: eva@example.net\r\n", noon, "198.51.100.9"));
  CHECK(lets_write(current, "Subject: nobody\r\n", noon, "198.51.100.9"));
  CHECK_FALSE(lets_write(current, "From: eva@example.net\r\n", noon, "198.51.101.9"));
  const auto max = rules(current).judge_login("max@example.org").judged;
  const auto envelope = rules(current).judge_envelope(max, "info@shop.example");
  CHECK(envelope.judged.allowed);
  CHECK(envelope.exempted_by != nullptr);
}

TEST_CASE("an exception ends in the next working hours behind its last day, or at midnight") {
  // 2026-11-27 is a Friday.
  const auto current
      = with("exceptions:\n"
             "  - { policy: login_case, login: A@example.org, until: 2026-11-27, "
             "reason: r, owner: o }\n"
             "  - { policy: login_case, login: B@example.org, until: 2026-11-27, "
             "in_working_hours: false, reason: r, owner: o }");
  const auto local = [](system_clock::time_point when) {
    const auto seconds = system_clock::to_time_t(when);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return std::array{parts.tm_mday, parts.tm_hour, parts.tm_min};
  };
  const auto& all = current.settings.exceptions;
  CHECK(local(all.at(0).ends) == std::array{30, 10, 0}); // Monday
  CHECK(local(all.at(1).ends) == std::array{28, 0, 0});
}

TEST_CASE("who delivers without TLS may be exempted by their network alone") {
  const auto current = with("exceptions:\n"
                            "  - { policy: delivery_tls, network: 2001:db8::/32, until: "
                            "2026-11-30, reason: r, owner: o }");
  CHECK_FALSE(rules(current).allows_plain_delivery().judged);
  const auto let = rules(current, noon, "2001:db8::1").allows_plain_delivery();
  CHECK(let.judged);
  CHECK(let.exempted_by != nullptr);
}

TEST_CASE("an exception must say whom it is for, why, and who answers for it") {
  const auto problems = [](const std::string& more) {
    diagnostics found;
    (void)parse_configuration(more + '\n' + needed, "s.yaml", found);
    std::string texts;
    for (const auto& one : found)
      if (one.weight == severity::problem)
        texts += text_of(one) + '\n';
    return texts;
  };
  CHECK(problems("exceptions: [{ policy: login_case, until: 2026-12-01, reason: r, owner: o }]")
        == "s.yaml:1:14: exceptions[0]: exempts everybody: name a login, an address or a "
           "network\n");
  CHECK(problems("exceptions: [{ policy: delivery_tls, login: a, until: 2026-12-01, reason: r, "
                 "owner: o }]")
            .find("knows nothing but the network")
        != std::string::npos);
  const auto bare = problems("exceptions: [{ policy: login_case, login: a }]");
  for (const auto* key : {"until", "reason", "owner"})
    CHECK_MESSAGE(bare.find(key) != std::string::npos, bare);
  CHECK(problems("exceptions: [{ policy: login, login: a, until: soon, network: n, reason: r, "
                 "owner: o }]")
            .find("\"soon\" is no day")
        != std::string::npos);
}
