#include "protocol/logs/event_findings.hpp"

#include "protocol/accounts/sender_rule.hpp"

#include <utility>

namespace stellwerk::logs {
judged_event judge_event(const account_table& accounts, const mail_event& event) {
  login_judgement login;
  if (!event.login.empty())
    login = judge_login(
        accounts, [](std::string_view) { return policy_mode::observe; }, event.login);
  judged_event judged{.domain = login.domain};
  const auto note = [&](finding_kind kind, std::string address = {}) {
    judged.found.push_back({.kind = kind,
                            .domain = login.domain,
                            .login = event.login,
                            .address = std::move(address),
                            .client = event.client,
                            .listener = event.service,
                            .accepted = event.accepted});
  };
  if (event.what == mail_event::kind::message) {
    const auto sender
        = judge_envelope_sender(accounts, policy_mode::observe, login, event.sender);
    if (sender.finding == sender_finding::foreign_sender)
      note(finding_kind::foreign_sender, event.sender);
    return judged;
  }
  if (login.finding == login_finding::wrong_case)
    note(finding_kind::wrong_case);
  if (login.finding == login_finding::unknown_login)
    note(finding_kind::unknown_login);
  if (event.without_tls)
    note(finding_kind::plaintext_attempt);
  if (event.accepted && event.by_pop3)
    note(finding_kind::pop3_used);
  if (event.accepted && event.on_port_25)
    note(finding_kind::submission_on_25);
  return judged;
}

} // namespace stellwerk::logs
