#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk {

/// Base 64 with padding (RFC 4648 section 4).
[[nodiscard]] std::string encode_base64(std::string_view octets);

/// The octets behind canonical Base 64; nothing if a character, the padding or the unused bits
/// are wrong. White space is not skipped: in SASL exchanges it is a fault (RFC 4954 section 4).
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

} // namespace stellwerk
