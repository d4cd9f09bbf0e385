#pragma once

#include "protocol/logs/dovecot_login.hpp"

#include <cstdint>
#include <string_view>

namespace stellwerk::logs {

/// What a line of Postfix says of a message; the parts live as long as the line.
struct postfix_record {
  enum class stage : std::uint8_t {
    received, ///< smtpd has given it a queue id.
    queued,   ///< qmgr takes it up; again with each retry.
    removed,
  };
  stage what = stage::received;
  std::string_view queue_id{}; ///< Empty: a filter has it before the queue (`NOQUEUE`).
  std::string_view login{};    ///< Received; empty: nobody has logged in.
  std::string_view client{};   ///< Received: IP address; empty: not known.
  std::string_view sender{};   ///< Queued: without angle brackets, may be empty.
};

/// Reads `ID: client=name[addr], sasl_method=..., sasl_username=...` of smtpd, and
/// `ID: from=<...>, size=...` and `ID: removed` of qmgr. `service` is as the log names it
/// (`postfix/submission/smtpd`). Login and sender may hold anything but the words of Postfix
/// that end them.
[[nodiscard]] line_meaning read_postfix_record(std::string_view service,
                                               std::string_view message, postfix_record& into);

/// smtpd under its own name alone, as it is called on port 25.
[[nodiscard]] bool is_plain_smtpd(std::string_view service);

} // namespace stellwerk::logs
