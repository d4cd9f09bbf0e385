#pragma once

#include "protocol/smtp/loop_mark.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::smtp {

/// How a message came to us; becomes the Received line (RFC 5321 section 4.4).
struct trace {
  std::string helo;           ///< What the client called itself; anything goes.
  std::string client_address; ///< "192.0.2.1" or "2001:db8::1".
  std::string hostname;       ///< Ours.
  std::string session;        ///< The id that the log shows.
  std::string instance;       ///< Tells this proxy from others; letters, digits, `.`, `-`, `_`.
  bool extended = false;      ///< EHLO, not HELO.
  bool tls = false;
  bool authenticated = false;
  bool smtputf8 = false; ///< MAIL asked for SMTPUTF8.
  std::chrono::sys_seconds received_at{};
  std::vector<loop_mark> marks; ///< One for each recipient of this message at this backend.
};

/// The word behind "with": SMTP, ESMTP, ESMTPS, ESMTPSA, UTF8SMTPS ... (RFC 3848, RFC 6531
/// section 4.3).
[[nodiscard]] std::string_view protocol_word(const trace& trace);

/// "Sun, 22 Nov 2026 10:56:48 +0000" (RFC 5322 section 3.3).
[[nodiscard]] std::string rfc5322_date(std::chrono::sys_seconds time);

/// The whole field, from "Received:" to its CRLF, folded to lines of 78 octets where words are
/// short enough; no line is longer than 998. What the client said of itself is made harmless.
[[nodiscard]] std::string received_line(const trace& trace);

} // namespace stellwerk::smtp
