#include "protocol/sasl/plain.hpp"

namespace stellwerk::sasl {

// message = [authzid] UTF8NUL authcid UTF8NUL passwd
reading parse_plain(std::string_view message) {
  const auto first = message.find('\0');
  if (first == std::string_view::npos)
    return fault::malformed;
  const auto second = message.find('\0', first + 1);
  if (second == std::string_view::npos
      || message.find('\0', second + 1) != std::string_view::npos)
    return fault::malformed;
  const auto authzid = message.substr(0, first);
  const auto authcid = message.substr(first + 1, second - first - 1);
  const auto password = message.substr(second + 1);
  if ((!authzid.empty() && authzid != authcid) || !may_be_replayed(authcid, password))
    return fault::refused;
  return credentials{std::string{authcid}, secret{password}, {}, mechanism::plain};
}

std::string build_plain(const credentials& login) {
  std::string message;
  message.reserve(login.authzid.size() + login.authcid.size() + login.password.view().size()
                  + 2);
  message += login.authzid;
  message += '\0';
  message += login.authcid;
  message += '\0';
  message += login.password.view();
  return message;
}

} // namespace stellwerk::sasl
