#pragma once

#include "protocol/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::sasl {

/// How a client proved who it is.
enum class mechanism {
  plain,       ///< AUTH=PLAIN (RFC 4616).
  login,       ///< AUTH=LOGIN: two prompts, never standardised, widely used.
  xoauth2,     ///< AUTH=XOAUTH2: a bearer token in Google's format.
  oauthbearer, ///< AUTH=OAUTHBEARER: the same in that of RFC 7628.
  clear,       ///< The protocol's own command: IMAP LOGIN, POP3 USER and PASS.
};

/// The name on the wire: `PLAIN`, `LOGIN`; of `clear` there is none, it is empty.
[[nodiscard]] std::string_view name(mechanism mech);

/// The mechanism that a client names in AUTHENTICATE or AUTH, in any case; nothing if we do
/// not have it.
[[nodiscard]] std::optional<mechanism> find_mechanism(std::string_view name);

/// Is it proved by a token instead of a password: XOAUTH2, OAUTHBEARER?
[[nodiscard]] constexpr bool has_token(mechanism mech) {
  return mech == mechanism::xoauth2 || mech == mechanism::oauthbearer;
}

/// What a client logs in with. Name and password are octets, in whatever charset the client
/// used: they are replayed byte for byte.
struct credentials {
  std::string authcid; ///< The login. Not empty, no control octets.
  /// Not empty, no NUL. With a token: the client's whole message, Base 64 taken off.
  secret password;
  /// Whom to act as. Empty unless we ourselves set it toward a backend: of clients only one
  /// that equals the authcid is accepted, which means the same.
  std::string authzid{};
  mechanism mech = mechanism::plain;
};

/// Why a client's message is not taken. The connection goes on.
enum class fault {
  cancelled, ///< The client sent `*`.
  malformed, ///< Bad Base 64, or not the mechanism's message.
  /// Well formed, and as wrong as a wrong password: a foreign authzid, a token for nobody, an
  /// empty name or password, control octets in the name.
  refused,
};

/// What a client's message says.
using reading = std::variant<credentials, fault>;

/// May these be sent on? Both not empty (an empty password is an anonymous bind to some
/// directories), no octet below 0x20 and no 0x7F in the name, no NUL in the password.
[[nodiscard]] bool may_be_replayed(std::string_view authcid, std::string_view password);

} // namespace stellwerk::sasl
