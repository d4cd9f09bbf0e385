#pragma once

#include <string_view>

namespace stellwerk {

/// Is this well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above
/// U+10FFFF, no sequence cut short?
[[nodiscard]] bool is_utf8(std::string_view octets);

} // namespace stellwerk
