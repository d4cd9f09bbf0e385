#include "protocol/sasl/credentials.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk::sasl {

std::string_view name(mechanism mech) {
  switch (mech) {
    case mechanism::plain:
      return "PLAIN";
    case mechanism::login:
      return "LOGIN";
    case mechanism::xoauth2:
      return "XOAUTH2";
    case mechanism::oauthbearer:
      return "OAUTHBEARER";
    case mechanism::clear:
      break;
  }
  return {};
}

std::optional<mechanism> find_mechanism(std::string_view wanted) {
  for (const auto mech :
       {mechanism::plain, mechanism::login, mechanism::xoauth2, mechanism::oauthbearer})
    if (equals_ignoring_case(wanted, name(mech)))
      return mech;
  return std::nullopt;
}

bool may_be_replayed(std::string_view authcid, std::string_view password) {
  const auto is_control = [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7F;
  };
  return !authcid.empty() && !password.empty() && std::ranges::none_of(authcid, is_control)
         && password.find('\0') == std::string_view::npos;
}

} // namespace stellwerk::sasl
