#pragma once

#include <cstdint>

namespace stellwerk {

/// How strictly a rule is applied.
enum class policy_mode : std::uint8_t {
  off,     ///< Neither refused nor recorded.
  observe, ///< Recorded.
  warn,    ///< Recorded, and logged as a warning.
  enforce, ///< Refused.
};

} // namespace stellwerk
