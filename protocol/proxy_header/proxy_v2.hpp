#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace stellwerk::proxy_header {

/// Address and port of one end of a TCP connection.
struct endpoint {
  bool is_ipv6 = false;
  std::array<std::uint8_t, 16> address{}; ///< Network order; IPv4 uses the first four.
  std::uint16_t port = 0;                 ///< Host order.
};

/// A PROXY protocol version 2 header that says `source` had connected to `destination` over TCP
/// (section 2.2 of the protocol's text): 28 octets for IPv4, 52 for IPv6.
///
/// IPv6 addresses that hold an IPv4 address (::ffff:192.0.2.1) are sent as IPv4; if the two
/// ends differ in family, both are sent as IPv6.
[[nodiscard]] std::string proxy_v2_header(const endpoint& source, const endpoint& destination);

/// The header for a connection on our own behalf, such as a health check: LOCAL, 16 octets.
[[nodiscard]] std::string proxy_v2_local_header();

} // namespace stellwerk::proxy_header
