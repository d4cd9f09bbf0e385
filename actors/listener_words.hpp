#pragma once

#include "config/schema.hpp"

#include <string_view>

namespace stellwerk {

/// What a client hears when a limit on connections is reached, before anything else is said;
/// empty where nothing can be said before TLS.
[[nodiscard]] std::string_view words_when_full(const listener_settings& listener);

} // namespace stellwerk
