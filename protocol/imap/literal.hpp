#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stellwerk::imap {

/// What the end of a line says about the octets that follow it.
struct literal {
  std::uint64_t octets = 0;
  /// Does the sender wait for a `+` (RFC 3501 section 4.3)? Not with `{5+}` (RFC 7888).
  bool synchronising = true;

  bool operator==(const literal&) const = default;
};

/// The literal that a line (or its last 32 octets) without CRLF announces: `{5}`, `{5+}`,
/// `~{5}` (RFC 3516), up to 2^63-1 octets. Nothing if it announces none, or more than that.
// literal = "{" number64 ["+"] "}"     literal8 = "~{" number64 "}"
[[nodiscard]] std::optional<literal> announced_literal(std::string_view line);

/// Does a line end like an announcement whose number is too large? The stream is then lost.
[[nodiscard]] bool announces_too_much(std::string_view line);

} // namespace stellwerk::imap
