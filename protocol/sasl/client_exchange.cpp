#include "protocol/sasl/client_exchange.hpp"

#include "protocol/base/base64.hpp"
#include "protocol/sasl/oauthbearer.hpp"
#include "protocol/sasl/plain.hpp"
#include "protocol/sasl/xoauth2.hpp"

namespace stellwerk::sasl {

client_exchange::client_exchange(mechanism mech, const credentials& login) : mech_{mech} {
  switch (mech) {
    case mechanism::plain:
    case mechanism::clear: {
      auto message = build_plain(login);
      responses_.emplace_back(message);
      wipe(message);
      break;
    }
    case mechanism::login:
      responses_.emplace_back(login.authcid);
      responses_.push_back(login.password.clone());
      break;
    case mechanism::xoauth2:
      responses_.push_back(xoauth2_message(login.password.view(), login.authcid));
      break;
    case mechanism::oauthbearer:
      responses_.push_back(oauthbearer_message(login.password.view(), login.authcid));
      break;
  }
}

std::optional<std::string> client_exchange::take_response(std::string_view challenge) {
  if (next_ < responses_.size())
    return encode_base64(responses_[next_++].view());
  if (!has_token(mech_) || has_error_)
    return std::nullopt;
  has_error_ = true;
  error_ = challenge;
  // RFC 7628 section 3.2.3: one %x01. Google's own: an empty line.
  return mech_ == mechanism::oauthbearer ? encode_base64("\x01") : std::string{};
}

} // namespace stellwerk::sasl
