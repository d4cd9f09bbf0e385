#pragma once

#include "protocol/logs/log_time.hpp"

#include <optional>
#include <string_view>

namespace stellwerk::logs {

/// A line of a mail server's log, cut in its parts, which live as long as it does.
struct mail_log_line {
  log_time when;
  std::string_view host;    ///< Empty in a log that Dovecot writes itself.
  std::string_view service; ///< `imap-login`, `postfix/submission/smtpd`
  std::string_view message;
};

/// Takes `TIME HOST postfix/qmgr[123]: MESSAGE`, `TIME HOST dovecot[123]: imap-login: MESSAGE`
/// and what Dovecot writes by itself, `TIME imap-login: Info: MESSAGE`. Of lines that have a
/// time and are built otherwise the service is empty; nothing if there is no time.
[[nodiscard]] std::optional<mail_log_line> cut_mail_log_line(std::string_view line);

} // namespace stellwerk::logs
