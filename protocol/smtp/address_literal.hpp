#pragma once

#include <string_view>

namespace stellwerk::smtp {

/// Is this what stands between the brackets of an address literal (RFC 5321 section 4.1.3):
/// `192.0.2.1` or `IPv6:2001:db8::1`? No other tag has ever been registered.
[[nodiscard]] bool is_address_literal(std::string_view content);

[[nodiscard]] bool is_ipv4(std::string_view text);
/// Without the `IPv6:`; the last two groups may be a dotted IPv4 address.
[[nodiscard]] bool is_ipv6(std::string_view text);

} // namespace stellwerk::smtp
