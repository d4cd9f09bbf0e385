#include "config/network_name.hpp"

#include "config/units.hpp"
#include "protocol/base/ascii.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/domain_name.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

bool is_hex_digit(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

bool is_ipv4(std::string_view text) {
  for (int part = 1;; ++part) {
    const auto dot = text.find('.');
    const auto octet = text.substr(0, dot);
    const auto value = parse_number(octet);
    if (!value || *value > 255 || octet.size() > 3 || (octet.size() > 1 && octet[0] == '0'))
      return false;
    if (dot == std::string_view::npos)
      return part == 4;
    text.remove_prefix(dot + 1);
  }
}

// The 16-bit groups of one side of a `::`; nothing if they are none.
std::optional<std::size_t> count_groups(std::string_view text, bool may_end_in_ipv4) {
  std::size_t groups = 0;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const auto group = text.substr(0, colon);
    if (colon == std::string_view::npos && may_end_in_ipv4 && is_ipv4(group))
      return groups + 2;
    if (group.empty() || group.size() > 4
        || !std::all_of(group.begin(), group.end(), is_hex_digit))
      return std::nullopt;
    ++groups;
    if (colon == std::string_view::npos)
      return groups;
    text.remove_prefix(colon + 1);
    if (text.empty())
      return std::nullopt;
  }
  return groups;
}

bool is_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  if (gap == std::string_view::npos)
    return count_groups(text, true) == 8U;
  const auto before = count_groups(text.substr(0, gap), false);
  const auto behind = count_groups(text.substr(gap + 2), true);
  return before && behind && *before + *behind < 8;
}

std::optional<std::string> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0 || !std::all_of(text.begin(), text.end(), is_hex_digit))
    return std::nullopt;
  const auto digit = [](char c) {
    return static_cast<unsigned>(is_digit(c) ? c - '0' : to_lower(c) - 'a' + 10);
  };
  std::string octets;
  for (std::size_t i = 0; i < text.size(); i += 2)
    octets += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  return octets;
}

} // namespace

bool is_ip_address(std::string_view text) { return is_ipv4(text) || is_ipv6(text); }

bool is_ip_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  if (slash == std::string_view::npos)
    return is_ip_address(address);
  const auto bits = parse_number(text.substr(slash + 1));
  return bits && ((is_ipv4(address) && *bits <= 32) || (is_ipv6(address) && *bits <= 128));
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = parse_number(text.substr(colon + 1));
  if (!port || *port > 65535)
    return std::nullopt;
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || !is_ipv6(host.substr(1, host.size() - 2)))
      return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (!is_ipv4(host)) {
    // A name of digits and dots alone is a mistyped address.
    const auto name = domain_key(host);
    if (!name || std::all_of(host.begin(), host.end(), [](char c) {
          return is_digit(c) || c == '.';
        }))
      return std::nullopt;
    return endpoint{*name, static_cast<std::uint16_t>(*port)};
  }
  return endpoint{std::string{host}, static_cast<std::uint16_t>(*port)};
}

std::optional<key_pin> parse_key_pin(std::string_view text) {
  constexpr std::string_view prefix = "sha256:";
  if (!text.starts_with(prefix))
    return std::nullopt;
  text.remove_prefix(prefix.size());
  const auto octets = text.size() == 64 ? decode_hex(text) : decode_base64(text);
  key_pin pin{};
  if (!octets || octets->size() != pin.size())
    return std::nullopt;
  std::transform(octets->begin(), octets->end(), pin.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return pin;
}

} // namespace stellwerk
