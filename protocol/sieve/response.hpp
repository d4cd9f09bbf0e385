#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::sieve {

/// The response that ends a command: `NO (TRYLATER) "Not now."`.
// response-oknobye = ("OK" / "NO" / "BYE") [SP "(" resp-code ")"] [SP string]
struct response {
  enum class word { ok, no, bye } said = word::no;
  std::string code; ///< `TRYLATER`, arguments included; may be empty.
  std::string text; ///< May be empty.

  /// Is `name` the first word of the code?
  [[nodiscard]] bool has_code(std::string_view name) const;
};

/// Does a line end a command: does it begin with OK, NO or BYE? All others begin with a string.
[[nodiscard]] bool is_final(std::string_view line);

/// Reads a whole frame, its literals in it. Nothing if it is no such response.
[[nodiscard]] std::optional<response> parse_response(std::string_view frame);

/// Does the code of a refused login say that it may be right, only not now or not this way:
/// TRYLATER, ENCRYPT-NEEDED, AUTH-TOO-WEAK, TRANSITION-NEEDED?
[[nodiscard]] bool is_temporary(std::string_view code);

/// The octets as a string (RFC 5804 section 4): quoted if that may carry them, else as a
/// literal, written as a client does (`{5+}`) or as a server does (`{5}`).
enum class writer { client, server };
[[nodiscard]] std::string string_of(std::string_view octets, writer who);

} // namespace stellwerk::sieve
