#include "protocol/base/ip_address.hpp"

#include "protocol/base/cursor.hpp"

#include <algorithm>
#include <cstddef>

namespace stellwerk {
namespace {

constexpr std::size_t ipv6_octets = 16;
constexpr std::size_t prefix_octets = 12; // ::ffff: before an IPv4 address in an IPv6 one.

// Octets of a part of an address: the whole, or one side of `::`.
struct part {
  std::array<std::uint8_t, ipv6_octets> octets{};
  std::size_t size = 0;

  [[nodiscard]] bool put(unsigned value) {
    if (size == octets.size())
      return false;
    octets[size++] = static_cast<std::uint8_t>(value);
    return true;
  }
};

std::optional<unsigned> hex_digit(char c) {
  if (is_digit(c))
    return static_cast<unsigned>(c - '0');
  const char lower = to_lower(c);
  if (lower >= 'a' && lower <= 'f')
    return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

// dec-octet "." dec-octet "." dec-octet "." dec-octet (RFC 3986 section 3.2.2)
bool put_ipv4(std::string_view text, part& into) {
  cursor at{text};
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && !at.take('.'))
      return false;
    const auto digits = at.take_while([](char c) { return is_digit(c); });
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0'))
      return false;
    unsigned value = 0;
    for (const char c : digits)
      value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255 || !into.put(value))
      return false;
  }
  return at.at_end();
}

// *( h16 ":" ) h16, the last two groups perhaps as IPv4
bool put_groups(std::string_view text, bool may_end_in_ipv4, part& into) {
  if (text.empty())
    return true;
  for (cursor at{text};;) {
    const auto group = at.take_until(':');
    if (at.at_end() && may_end_in_ipv4 && group.find('.') != std::string_view::npos)
      return put_ipv4(group, into);
    if (group.empty() || group.size() > 4)
      return false;
    unsigned value = 0;
    for (const char c : group) {
      const auto digit = hex_digit(c);
      if (!digit)
        return false;
      value = value * 16 + *digit;
    }
    if (!into.put(value >> 8U) || !into.put(value & 0xFFU))
      return false;
    if (!at.take(':'))
      return true;
  }
}

std::optional<ip_address> parse_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  part before;
  part behind;
  if (gap == std::string_view::npos) {
    if (!put_groups(text, true, before) || before.size != ipv6_octets)
      return std::nullopt;
  } else if (!put_groups(text.substr(0, gap), false, before)
             || !put_groups(text.substr(gap + 2), true, behind)
             || before.size + behind.size > ipv6_octets - 2) {
    return std::nullopt;
  }
  ip_address result{true, before.octets};
  std::copy_n(behind.octets.begin(), behind.size, result.octets.end() - behind.size);
  return result;
}

} // namespace

std::optional<ip_address> parse_ip_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos)
    return parse_ipv6(text);
  part whole;
  if (!put_ipv4(text, whole))
    return std::nullopt;
  return ip_address{false, whole.octets};
}

ip_address unmapped(const ip_address& address) {
  const auto* const at = address.octets.begin();
  const bool holds_ipv4 = address.is_ipv6
                          && std::all_of(at, at + 10, [](auto octet) { return octet == 0; })
                          && at[10] == 0xFF && at[11] == 0xFF;
  if (!holds_ipv4)
    return address;
  ip_address result;
  std::copy_n(at + prefix_octets, 4, result.octets.begin());
  return result;
}

} // namespace stellwerk
