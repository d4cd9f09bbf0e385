#pragma once

#include <string>

namespace stellwerk {

/// Punycode of at most 63 characters (RFC 3492 section 6.3), without the prefix `xn--`. More
/// would overflow.
[[nodiscard]] std::string encode_punycode(const std::u32string& label);

} // namespace stellwerk
