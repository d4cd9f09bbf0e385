#include "protocol/sasl/oauthbearer.hpp"

#include "protocol/sasl/bearer_pairs.hpp"

#include <optional>

namespace stellwerk::sasl {
namespace {

constexpr std::string_view before_name = "n,a=";

// saslname = 1*(value-safe-char / "=2C" / "=3D") (RFC 5801 section 4)
std::optional<std::string> unescaped(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const auto escaped = name.substr(0, 3);
    if (name.front() == '=' && escaped != "=2C" && escaped != "=3D")
      return std::nullopt;
    const bool is_escaped = name.front() == '=';
    if (!is_escaped)
      text += name.front();
    else
      text += escaped == "=2C" ? ',' : '=';
    name.remove_prefix(is_escaped ? 3 : 1);
  }
  return text;
}

std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == ',')
      text += "=2C";
    else if (c == '=')
      text += "=3D";
    else
      text += c;
  }
  return text;
}

} // namespace

// gs2-header = ("n" / "y" / "p=" cb-name) "," [ "a=" saslname ] ","
// client-resp = gs2-header kvsep *kvpair kvsep
reading parse_oauthbearer(std::string_view message) {
  if (!message.starts_with("n,") && !message.starts_with("y,"))
    return fault::malformed;
  const auto rest = message.substr(2);
  const auto end = rest.find(',');
  auto authzid = rest.substr(0, end);
  if (end == std::string_view::npos || rest.substr(end + 1, 1) != "\x01"
      || !(authzid.empty() || authzid.starts_with("a=")))
    return fault::malformed;
  authzid.remove_prefix(authzid.empty() ? 0 : 2);
  const auto pairs = parse_bearer_pairs(rest.substr(end + 2));
  auto name = unescaped(authzid);
  if (!pairs || !name)
    return fault::malformed;
  if (pairs->has_user || !may_be_replayed(*name, message))
    return fault::refused;
  return credentials{*std::move(name), secret{message}, {}, mechanism::oauthbearer};
}

secret oauthbearer_message(std::string_view message, std::string_view authcid) {
  const auto rest = message.substr(message.find(",\x01"));
  const auto name = escaped(authcid);
  std::string text;
  text.reserve(before_name.size() + name.size() + rest.size());
  text.append(message.substr(0, before_name.size())).append(name).append(rest);
  secret made{text};
  wipe(text);
  return made;
}

} // namespace stellwerk::sasl
