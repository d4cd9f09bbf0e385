#pragma once

#include <cstddef>
#include <string>

namespace stellwerk {

/// So many hex digits from the system's random source, for names that nobody else has.
[[nodiscard]] std::string draw_hex(std::size_t digits);

} // namespace stellwerk
