#pragma once

#include "actors/log/event.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::log {

/// A number, a yes or no, or text that may come from a peer. Text is borrowed: a value lives no
/// longer than the call it is handed to.
class value {
public:
  value(bool truth) : held_{truth} {}                           // NOLINT: implicit, for braces.
  value(std::convertible_to<std::string_view> auto const& text) // NOLINT
      : held_{std::string_view{text}} {}
  value(std::integral auto number) // NOLINT
      : held_{static_cast<std::int64_t>(number)} {}

  [[nodiscard]] const std::variant<bool, std::int64_t, std::string_view>& get() const {
    return held_;
  }

private:
  std::variant<bool, std::int64_t, std::string_view> held_;
};

/// The key is one of our own words: lower case, the unit in it (`took_ms`).
struct field {
  std::string_view key;
  value what;
};

enum class format : std::uint8_t { text, json };

/// Longer values are cut here, between characters, and end in "...".
inline constexpr std::size_t max_value_octets = 200;

/// Text for a line that a person and a machine can split at blanks: as it is if it has no
/// blank, quote, backslash, equals sign or anything that does not print; else in double quotes
/// with
/// `\"`, `\\`, `\n`, `\r`, `\t` and `\xHH` (controls, direction marks, octets that are not
/// UTF-8). At most `max_value_octets` of the original.
[[nodiscard]] std::string escaped(std::string_view text);

/// One event as one line, without a line end:
/// `2026-11-22T08:31:04.113Z info backend_ready session=7f3a took_ms=14`, or an object with
/// `time`, `level`, `event` and the same keys in the same order.
[[nodiscard]] std::string line(format as, std::chrono::system_clock::time_point now, event what,
                               std::span<const field> fields);

/// UTC with milliseconds (RFC 3339): `2026-11-22T08:31:04.113Z`.
[[nodiscard]] std::string timestamp(std::chrono::system_clock::time_point when);

} // namespace stellwerk::log
