#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stellwerk::smtp {

/// Says in the Received line that this instance has sent a message for one recipient to one
/// backend. On the wire marks are comments: `(stellwerk-mark INSTANCE BACKEND DIGEST ...)`.
struct loop_mark {
  /// Hash of the recipient in hex, at least 16 digits, of which the first 16 are used. Every
  /// reader of the mail sees it: key the hash, or it tells who was in Bcc.
  std::string recipient_digest{};
  std::string backend{}; ///< `old`, `new` or `queue`.

  bool operator==(const loop_mark&) const = default;
};

/// How a comment with marks begins.
inline constexpr std::string_view mark_opening = "(stellwerk-mark";

/// Of a recipient's digest this many octets are written and compared; of the other words 64.
inline constexpr std::size_t mark_digest_octets = 16;
inline constexpr std::size_t mark_name_octets = 64;

/// A word of a mark as it is written and compared: at most `max_octets`, lower case, letters,
/// digits, `.`, `-` and `_`, all else `_`.
[[nodiscard]] std::string mark_word(std::string_view text,
                                    std::size_t max_octets = mark_name_octets);

} // namespace stellwerk::smtp
