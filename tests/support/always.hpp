#pragma once

#include "protocol/accounts/policy_mode.hpp"

#include <functional>
#include <string_view>

namespace stellwerk {

/// One mode for every domain.
inline std::function<policy_mode(std::string_view)> always(policy_mode mode) {
  return [mode](std::string_view) { return mode; };
}

} // namespace stellwerk
