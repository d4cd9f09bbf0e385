#include "protocol/base/ip_network.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr unsigned bits_before_ipv4 = 96; // In an IPv6 address that holds one.

std::optional<unsigned> parse_bits(std::string_view text) {
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), is_digit))
    return std::nullopt;
  unsigned bits = 0;
  for (const char c : text)
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  return bits;
}

} // namespace

bool ip_network::contains(const ip_address& address) const {
  const auto plain = unmapped(address);
  if (plain.is_ipv6 != base.is_ipv6)
    return false;
  const auto whole = bits / 8;
  if (!std::equal(base.octets.begin(), base.octets.begin() + whole, plain.octets.begin()))
    return false;
  const auto rest = bits % 8;
  if (rest == 0)
    return true;
  const auto differing = static_cast<unsigned>(base.octets[whole] ^ plain.octets[whole]);
  return differing >> (8 - rest) == 0;
}

std::optional<ip_network> parse_ip_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto written = parse_ip_address(text.substr(0, slash));
  if (!written)
    return std::nullopt;
  const unsigned most = written->is_ipv6 ? 128 : 32;
  auto bits = slash == std::string_view::npos ? most : parse_bits(text.substr(slash + 1));
  if (!bits || *bits > most)
    return std::nullopt;
  if (const auto plain = unmapped(*written);
      plain.is_ipv6 != written->is_ipv6 && *bits >= bits_before_ipv4)
    return ip_network{plain, *bits - bits_before_ipv4};
  return ip_network{*written, *bits};
}

} // namespace stellwerk
