#include "actors/tls/server_name.hpp"

#include "protocol/base/ascii.hpp"

namespace stellwerk::tls {

namespace {

/// Two octets, big-endian, off the front; nothing if there are fewer.
std::optional<std::size_t> take_length(std::string_view& octets) {
  if (octets.size() < 2)
    return std::nullopt;
  const auto high = static_cast<unsigned char>(octets[0]);
  const auto low = static_cast<unsigned char>(octets[1]);
  octets.remove_prefix(2);
  return std::size_t{high} << 8 | low;
}

} // namespace

// ServerNameList: length(2), then ServerName: type(1) = host_name(0), length(2), HostName
server_name_extension parse_server_name(std::string_view body) {
  constexpr std::size_t longest_host_name = 255;
  const server_name_extension malformed{true, {}};
  const auto list = take_length(body);
  if (!list || *list != body.size() || body.empty() || body[0] != '\0')
    return malformed;
  body.remove_prefix(1);
  const auto name = take_length(body);
  if (!name || *name != body.size() || body.empty() || body.size() > longest_host_name
      || body.find('\0') != std::string_view::npos)
    return malformed;
  if (body.size() > 1 && body.back() == '.')
    body.remove_suffix(1);
  return {false, to_lower(body)};
}

bool name_matches(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*."))
    return !host.empty() && equals_ignoring_case(pattern, host);
  const auto first_dot = host.find('.');
  return first_dot != std::string_view::npos && first_dot > 0
         && equals_ignoring_case(pattern.substr(1), host.substr(first_dot));
}

} // namespace stellwerk::tls
