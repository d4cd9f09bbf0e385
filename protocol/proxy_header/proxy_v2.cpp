#include "protocol/proxy_header/proxy_v2.hpp"

#include <algorithm>
#include <string_view>

namespace stellwerk::proxy_header {
namespace {

constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t prefix_octets = 12; // ::ffff: before an IPv4 address in an IPv6 one.

void put_octet(std::string& output, unsigned value) {
  output += static_cast<char>(static_cast<unsigned char>(value));
}

void put_number(std::string& output, unsigned value) {
  put_octet(output, value >> 8U & 0xFFU);
  put_octet(output, value & 0xFFU);
}

bool holds_ipv4(const endpoint& end) {
  if (!end.is_ipv6)
    return true;
  const auto* const at = end.address.begin();
  return std::all_of(at, at + 10, [](auto octet) { return octet == 0; }) && at[10] == 0xFF
         && at[11] == 0xFF;
}

void put_address(std::string& output, const endpoint& end, bool as_ipv4) {
  if (as_ipv4) {
    const auto* const from = end.address.begin() + (end.is_ipv6 ? prefix_octets : 0);
    output.append(from, from + 4);
  } else if (end.is_ipv6) {
    output.append(end.address.begin(), end.address.end());
  } else {
    output.append(10, '\0').append(2, '\xFF');
    output.append(end.address.begin(), end.address.begin() + 4);
  }
}

} // namespace

std::string proxy_v2_header(const endpoint& source, const endpoint& destination) {
  const bool as_ipv4 = holds_ipv4(source) && holds_ipv4(destination);
  std::string header{signature};
  put_octet(header, 0x21);                  // Version 2, PROXY.
  put_octet(header, as_ipv4 ? 0x11 : 0x21); // AF_INET or AF_INET6, STREAM.
  put_number(header, as_ipv4 ? 12 : 36);
  put_address(header, source, as_ipv4);
  put_address(header, destination, as_ipv4);
  put_number(header, source.port);
  put_number(header, destination.port);
  return header;
}

std::string proxy_v2_local_header() {
  std::string header{signature};
  put_octet(header, 0x20); // Version 2, LOCAL.
  put_octet(header, 0x00); // Unspecified.
  put_number(header, 0);
  return header;
}

} // namespace stellwerk::proxy_header
