#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk {

/// `500ms`, `15s`, `10m`, `1h`; a number and one of these units, nothing between.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// In the largest unit that divides it: `1 h`, `90 s`.
[[nodiscard]] std::string text_of(std::chrono::milliseconds value);

/// `12288`, `8KiB`, `1MiB`, `2GiB`.
[[nodiscard]] std::optional<std::size_t> parse_octets(std::string_view text);

/// Decimal digits alone, at most 18 of them.
[[nodiscard]] std::optional<std::size_t> parse_number(std::string_view text);

/// `2027-03-31`, a day of the calendar.
[[nodiscard]] std::optional<std::chrono::sys_days> parse_date(std::string_view text);

} // namespace stellwerk
