#pragma once

#include "protocol/sasl/credentials.hpp"

#include <string>
#include <string_view>

namespace stellwerk::sasl {

/// Reads the message of the PLAIN mechanism (RFC 4616 section 2), Base 64 taken off:
/// `[authzid] NUL authcid NUL passwd`.
///
/// Refused if an authzid is neither empty nor equal to the authcid byte for byte (nobody logs
/// in as somebody else), or if name and password fail `may_be_replayed`.
[[nodiscard]] reading parse_plain(std::string_view message);

/// The same message for a backend, without Base 64. It holds the password.
[[nodiscard]] std::string build_plain(const credentials& login);

} // namespace stellwerk::sasl
