#pragma once

#include "protocol/base/cursor.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace stellwerk::smtp {

/// `esmtp-param = esmtp-keyword ["=" esmtp-value]` (RFC 5321 section 4.1.2), views into the
/// line.
struct parameter {
  std::string_view keyword;
  std::optional<std::string_view> value{};
};

/// Takes one parameter with the spaces that must stand before it. The value is well-formed
/// UTF-8 (RFC 6531 section 3.3), not empty.
[[nodiscard]] std::optional<parameter> take_parameter(cursor& at);

// What the values are made of:

/// `size-value = 1*20DIGIT` (RFC 1870 section 6); a larger number than fits is the largest.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view value);
/// RFC 3461 section 4: `+` begins two upper-case hexadecimal digits.
[[nodiscard]] bool is_xtext(std::string_view value);
/// `NEVER`, or a list of SUCCESS, FAILURE, DELAY (RFC 3461 section 4.1).
[[nodiscard]] bool is_notify_value(std::string_view value);
/// `addr-type ";" xtext` (RFC 3461 section 4.2), behind `utf-8;` any UTF-8 (RFC 6533 section
/// 3).
[[nodiscard]] bool is_orcpt_value(std::string_view value);

} // namespace stellwerk::smtp
