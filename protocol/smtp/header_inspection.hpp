#pragma once

#include "protocol/smtp/loop_mark.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace stellwerk::smtp {

enum class loop_verdict {
  no_loop,
  too_many_hops, ///< More than 50 Received lines.
  marked_thrice, ///< Here for the same recipient and backend three times already.
};

/// More Received lines than this are a loop (RFC 5321 section 6.3 asks for at least 100; the
/// mark finds ours long before, and 50 is what MTAs use).
inline constexpr std::size_t max_received_lines = 50;

/// As often may a message come back for the same recipient and backend.
inline constexpr std::size_t max_same_mark = 3;

/// Is a message with this header in a loop, if it goes to `marks` now? Both loops are answered
/// `554 5.4.6`. A mark counts once in each Received line.
///
/// @param fields    `header_collector::fields`.
/// @param instance  As in `trace`.
/// @param marks     Those that our own Received line is going to carry.
[[nodiscard]] loop_verdict inspect_loop(std::string_view fields, std::string_view instance,
                                        const std::vector<loop_mark>& marks);

/// Has `instance` sent a message with this header before to any of `marks`?
[[nodiscard]] bool is_marked(std::string_view fields, std::string_view instance,
                             const std::vector<loop_mark>& marks);

} // namespace stellwerk::smtp
