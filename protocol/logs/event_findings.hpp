#pragma once

#include "protocol/accounts/account_table.hpp"
#include "protocol/accounts/finding.hpp"
#include "protocol/logs/mail_log_reader.hpp"

#include <string>
#include <vector>

namespace stellwerk::logs {

/// What is to be kept of an event.
struct judged_event {
  std::string domain{}; ///< `domain_key`, of the login; empty: it names none.
  std::vector<finding> found{};
};

/// Judges an event by the accounts as a session would under `observe`: how the login is
/// written, the ways in that will end, and whether the sender of a message is the login's own.
/// Of logins that were refused, only what was wrong with them.
[[nodiscard]] judged_event judge_event(const account_table& accounts, const mail_event& event);

} // namespace stellwerk::logs
