#include "protocol/sasl/xoauth2.hpp"

#include "protocol/sasl/bearer_pairs.hpp"

namespace stellwerk::sasl {
namespace {

constexpr std::string_view before_name = "user=";

} // namespace

reading parse_xoauth2(std::string_view message) {
  const auto pairs = parse_bearer_pairs(message);
  if (!pairs || !message.starts_with(before_name))
    return fault::malformed;
  if (!may_be_replayed(pairs->user, message))
    return fault::refused;
  return credentials{std::string{pairs->user}, secret{message}, {}, mechanism::xoauth2};
}

secret xoauth2_message(std::string_view message, std::string_view authcid) {
  const auto rest = message.substr(message.find('\x01'));
  std::string text;
  text.reserve(before_name.size() + authcid.size() + rest.size());
  text.append(before_name).append(authcid).append(rest);
  secret made{text};
  wipe(text);
  return made;
}

} // namespace stellwerk::sasl
