#pragma once

#include "protocol/base/ip_address.hpp"

namespace stellwerk {

/// The addresses that begin with the first `bits` of `base`.
struct ip_network {
  ip_address base;
  unsigned bits = 0; ///< To 32 for IPv4, to 128 for IPv6.

  /// IPv4 addresses in IPv6 ones count as IPv4; no IPv6 network holds an IPv4 address.
  [[nodiscard]] bool contains(const ip_address& address) const;
  bool operator==(const ip_network&) const = default;
};

/// `10.0.0.0/8`, `2001:db8::/32`, or a single address. `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
[[nodiscard]] std::optional<ip_network> parse_ip_network(std::string_view text);

} // namespace stellwerk
