#include "config/network_name.hpp"

#include "config/units.hpp"
#include "protocol/base/ascii.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/domain_name.hpp"
#include "protocol/base/ip_address.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

bool is_hex_digit(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

bool is_ip_of(std::string_view text, bool ipv6) {
  const auto address = parse_ip_address(text);
  return address && address->is_ipv6 == ipv6;
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

bool is_ip_address(std::string_view text) { return parse_ip_address(text).has_value(); }

std::optional<endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = parse_number(text.substr(colon + 1));
  if (!port || *port > 65535)
    return std::nullopt;
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || !is_ip_of(host.substr(1, host.size() - 2), true))
      return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (!is_ip_of(host, false)) {
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
