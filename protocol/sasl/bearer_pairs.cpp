#include "protocol/sasl/bearer_pairs.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace stellwerk::sasl {
namespace {

constexpr std::size_t max_pairs = 16;

// value = *(VCHAR / SP / HTAB / CR / LF); users have names beyond ASCII too
bool is_value_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet >= 0x20 && octet != 0x7F) || c == '\t' || c == '\r' || c == '\n';
}

// credentials = "Bearer" 1*SP b64token (RFC 6750 section 2.1); which token is the backend's
// affair
bool is_bearer(std::string_view value) {
  constexpr std::string_view scheme = "Bearer ";
  if (!starts_with_ignoring_case(value, scheme))
    return false;
  value.remove_prefix(scheme.size());
  return !value.empty()
         && std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7F; });
}

} // namespace

// kvpair = key "=" value kvsep
std::optional<bearer_pairs> parse_bearer_pairs(std::string_view pairs) {
  bearer_pairs found;
  bool has_auth = false;
  std::array<std::string_view, max_pairs> keys;
  std::size_t count = 0;
  while (pairs != "\x01") {
    const auto end = pairs.find('\x01');
    if (end == std::string_view::npos || count == max_pairs)
      return std::nullopt;
    const auto pair = pairs.substr(0, end);
    const auto equals = pair.find('=');
    const auto key = pair.substr(0, equals);
    if (equals == std::string_view::npos || key.empty() || !std::ranges::all_of(key, is_alpha))
      return std::nullopt;
    const auto value = pair.substr(equals + 1);
    const auto is_this
        = [key](std::string_view other) { return equals_ignoring_case(key, other); };
    const auto known = std::span{keys}.first(count);
    if (std::ranges::any_of(known, is_this) || !std::ranges::all_of(value, is_value_octet))
      return std::nullopt;
    keys[count++] = key;
    if (is_this("auth")) {
      if (!is_bearer(value))
        return std::nullopt;
      has_auth = true;
    } else if (is_this("user")) {
      found = {value, true};
    }
    pairs.remove_prefix(end + 1);
  }
  return has_auth ? std::optional{found} : std::nullopt;
}

} // namespace stellwerk::sasl
