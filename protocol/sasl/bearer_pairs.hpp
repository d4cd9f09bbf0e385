#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::sasl {

/// What stands in the pairs of a message that carries a bearer token.
struct bearer_pairs {
  std::string_view user; ///< Empty if there is none.
  bool has_user = false;
};

/// Reads the pairs of XOAUTH2 and OAUTHBEARER (RFC 7628 section 3.1), up to the end:
/// `*(key "=" value %x01) %x01`.
///
/// Nothing unless there is exactly one `auth`, `Bearer` and a token. No key comes twice: what
/// we take for the user must not be another for the backend. Views into `pairs`.
[[nodiscard]] std::optional<bearer_pairs> parse_bearer_pairs(std::string_view pairs);

} // namespace stellwerk::sasl
