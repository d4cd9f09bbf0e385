#include "protocol/proxy_header/v1_line.hpp"

#include "protocol/base/cursor.hpp"

namespace stellwerk::proxy_header {
namespace {

std::optional<ip_address> take_address(cursor& at, bool is_ipv6) {
  const auto address = parse_ip_address(at.take_until(' '));
  if (!address || address->is_ipv6 != is_ipv6 || !at.take(' '))
    return std::nullopt;
  return unmapped(*address);
}

// 0 to 65535, no leading zeros
std::optional<std::uint16_t> take_port(cursor& at) {
  const auto digits = at.take_while([](char c) { return is_digit(c); });
  if (digits.empty() || digits.size() > 5 || (digits.size() > 1 && digits[0] == '0'))
    return std::nullopt;
  unsigned value = 0;
  for (const char c : digits)
    value = value * 10 + static_cast<unsigned>(c - '0');
  if (value > 65535)
    return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

} // namespace

v1_content parse_v1_line(std::string_view line) {
  cursor at{line};
  const auto family = at.take_until(' ');
  // What stands behind UNKNOWN is to be ignored.
  if (family == "UNKNOWN")
    return {.is_good = true};
  const bool is_ipv6 = family == "TCP6";
  if ((!is_ipv6 && family != "TCP4") || !at.take(' '))
    return {};
  const auto source = take_address(at, is_ipv6);
  const auto destination = source ? take_address(at, is_ipv6) : std::nullopt;
  const auto source_port = destination ? take_port(at) : std::nullopt;
  if (!source_port || !at.take(' '))
    return {};
  const auto destination_port = take_port(at);
  if (!destination_port || !at.at_end())
    return {};
  return {.is_good = true,
          .ends = connection_ends{{*source, *source_port}, {*destination, *destination_port}}};
}

} // namespace stellwerk::proxy_header
