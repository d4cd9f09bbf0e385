#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace stellwerk {

/// How strictly a rule is applied.
enum class policy_mode : std::uint8_t {
  off,     ///< Neither refused nor recorded.
  observe, ///< Recorded.
  warn,    ///< Recorded, and logged as a warning.
  enforce, ///< Refused.
};

/// A rule that becomes stricter by itself.
struct dated_mode {
  policy_mode mode = policy_mode::enforce;
  /// From the start of this day (UTC) on it is `enforce`.
  std::optional<std::chrono::sys_days> enforce_from{};

  [[nodiscard]] policy_mode at(std::chrono::system_clock::time_point now) const {
    return enforce_from && now >= *enforce_from ? policy_mode::enforce : mode;
  }
  bool operator==(const dated_mode&) const = default;
};

} // namespace stellwerk
