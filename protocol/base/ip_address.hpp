#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stellwerk {

/// An IPv4 or IPv6 address.
struct ip_address {
  bool is_ipv6 = false;
  std::array<std::uint8_t, 16> octets{}; ///< Network order; IPv4 uses the first four.
  bool operator==(const ip_address&) const = default;
};

/// Dotted IPv4 (no leading zeros), or IPv6 as RFC 4291 section 2.2 writes it (no zone, no
/// brackets); nothing if it is neither. Keeps the family that is written.
[[nodiscard]] std::optional<ip_address> parse_ip_address(std::string_view text);

/// An IPv4 address inside an IPv6 one (::ffff:192.0.2.1, RFC 4291 section 2.5.5.2) as IPv4; any
/// other as it is.
[[nodiscard]] ip_address unmapped(const ip_address& address);

} // namespace stellwerk
