#pragma once

#include "protocol/smtp/command.hpp"
#include "protocol/smtp/features.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::smtp {

/// What a client was promised and the backend does not have (any more). The client gets 451.
enum class lost_extension { eight_bit_mime, binary_mime, smtputf8, dsn };

/// The EHLO keyword: `8BITMIME`.
[[nodiscard]] std::string_view name(lost_extension lost);

/// A command for a backend, CRLF included, or why it cannot be given.
using envelope_line = std::variant<std::string, lost_extension>;

/// `MAIL FROM:` for a backend with these features. What it lacks and nobody misses is left out:
/// SIZE and BODY=7BIT. AUTH is always left out (RFC 4954 section 5 lets us distrust it).
[[nodiscard]] envelope_line mail_line(const mail_command& command, const features& offered);

/// `RCPT TO:` for a backend with these features.
[[nodiscard]] envelope_line rcpt_line(const rcpt_command& command, const features& offered);

} // namespace stellwerk::smtp
