#pragma once

#include "config/schema.hpp"

#include <optional>
#include <string_view>

namespace stellwerk {

/// Dotted IPv4, or IPv6 as RFC 4291 section 2.2 writes it (no zone, no brackets).
[[nodiscard]] bool is_ip_address(std::string_view text);

/// `name:port`, `192.0.2.1:port`, `[2001:db8::1]:port`, port 0 to 65535. An IPv6 address needs
/// its brackets.
[[nodiscard]] std::optional<endpoint> parse_endpoint(std::string_view text);

/// `sha256:` and 64 hexadecimal digits or 44 characters of Base 64.
[[nodiscard]] std::optional<key_pin> parse_key_pin(std::string_view text);

} // namespace stellwerk
