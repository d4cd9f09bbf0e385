#pragma once

#include <string_view>

namespace stellwerk::imap {

/// A status response behind its tag or `* `: `NO [AUTHENTICATIONFAILED] Wrong.`
// resp-cond-state = ("OK" / "NO" / "BAD") SP ["[" resp-text-code "]" SP] text
struct status_response {
  std::string_view word; ///< `NO`; compare without case.
  std::string_view code; ///< `AUTHENTICATIONFAILED`, arguments included; may be empty.
  std::string_view text; ///< `Wrong.`; may be empty.

  [[nodiscard]] bool is(std::string_view wanted) const;
  /// The first word of the code, and what follows it.
  [[nodiscard]] bool has_code(std::string_view name) const;
  [[nodiscard]] std::string_view code_arguments() const;
};

/// Views into `response`, which is any text.
[[nodiscard]] status_response parse_status_response(std::string_view response);

/// Does a response code of a refused login (RFC 5530) say that the login may be right, only not
/// now or not this way: UNAVAILABLE, INUSE, LIMIT, SERVERBUG, CONTACTADMIN, PRIVACYREQUIRED?
[[nodiscard]] bool is_temporary(std::string_view code);

/// Does a response begin with OK, NO, BAD, BYE or PREAUTH? Such end in free text.
[[nodiscard]] bool is_status(std::string_view response);

} // namespace stellwerk::imap
