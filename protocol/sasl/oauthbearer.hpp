#pragma once

#include "protocol/sasl/credentials.hpp"

#include <string_view>

namespace stellwerk::sasl {

/// Reads the message of the OAUTHBEARER mechanism (RFC 7628 section 3.1), Base 64 taken off:
/// `n,a=NAME, ^A host=... ^A port=... ^A auth=Bearer TOKEN ^A ^A`. The authcid is the authzid
/// in it, the password is the whole message.
///
/// Refused without an authzid, which the RFC allows: nobody could say where to route it.
/// Refused too with a `user` beside it, which servers might heed. Channel binding is malformed.
[[nodiscard]] reading parse_oauthbearer(std::string_view message);

/// The message for a backend where the same user has the name `authcid`: the client's own,
/// octet for octet, but for that name. `message` is one that `parse_oauthbearer` has read.
[[nodiscard]] secret oauthbearer_message(std::string_view message, std::string_view authcid);

} // namespace stellwerk::sasl
