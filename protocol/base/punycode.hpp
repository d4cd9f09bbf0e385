#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk {

/// Punycode of at most 63 characters (RFC 3492 section 6.3), without the prefix `xn--`. More
/// would overflow.
[[nodiscard]] std::string encode_punycode(const std::u32string& label);

/// What `encode_punycode` made into `encoded`, at most 63 octets (RFC 3492 section 6.2).
/// Nothing if it is no punycode or says something that is no character.
[[nodiscard]] std::optional<std::u32string> decode_punycode(std::string_view encoded);

} // namespace stellwerk
