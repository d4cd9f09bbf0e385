#pragma once

#include <string_view>

namespace stellwerk::pop3 {

enum class sign {
  ok,
  err,
  go_ahead, ///< `+ text`: a challenge of a SASL exchange (RFC 5034).
  none,     ///< No answer of this protocol.
};

/// The first line of an answer: `-ERR [AUTH] Wrong.`
// response = ("+OK" / "-ERR") ["[" resp-code "]"] text          (RFC 1939, 2449 section 8)
struct status {
  pop3::sign sign = sign::none;
  std::string_view code; ///< `AUTH`, without brackets; may be empty. Compare without case.
  std::string_view text; ///< `Wrong.`; may be empty.
};

/// Views into `line`, which is any text without CRLF.
[[nodiscard]] status parse_status(std::string_view line);

/// Does a response code (RFC 2449, 3206) say that a refused login may be right, only not now:
/// SYS/TEMP, SYS/PERM, IN-USE, LOGIN-DELAY?
[[nodiscard]] bool is_temporary(std::string_view code);

} // namespace stellwerk::pop3
