#include "protocol/sasl/login.hpp"

#include <utility>

namespace stellwerk::sasl {

std::string_view login_exchange::prompt() const {
  if (!authcid_)
    return "VXNlcm5hbWU6";
  if (!password_)
    return "UGFzc3dvcmQ6";
  return {};
}

void login_exchange::answer(std::string_view octets) {
  if (!authcid_)
    authcid_.emplace(octets);
  else
    password_.emplace(octets);
}

reading login_exchange::finish() {
  if (!authcid_ || !password_ || !may_be_replayed(*authcid_, password_->view()))
    return fault::refused;
  return credentials{*std::move(authcid_), *std::move(password_), {}, mechanism::login};
}

} // namespace stellwerk::sasl
