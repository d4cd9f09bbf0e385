#include "protocol/sasl/client_exchange.hpp"

#include "protocol/base/base64.hpp"
#include "protocol/sasl/plain.hpp"

namespace stellwerk::sasl {

client_exchange::client_exchange(mechanism mech, const credentials& login) {
  if (mech == mechanism::login) {
    responses_.emplace_back(login.authcid);
    responses_.push_back(login.password.clone());
  } else {
    auto message = build_plain(login);
    responses_.emplace_back(message);
    wipe(message);
  }
}

std::optional<std::string> client_exchange::take_response() {
  if (next_ == responses_.size())
    return std::nullopt;
  return encode_base64(responses_[next_++].view());
}

} // namespace stellwerk::sasl
