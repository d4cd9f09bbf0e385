#pragma once

#include "actors/tls/openssl.hpp"
#include "config/schema.hpp"

#include <optional>
#include <string>

namespace stellwerk::tls {

/// `sha256:` and hex digits, as the configuration takes it.
[[nodiscard]] std::string to_string(const key_pin& pin);

/// The pin of a certificate's key (RFC 7469 section 2.4); nothing if memory is short.
[[nodiscard]] std::optional<key_pin> pin_of(X509* leaf);

} // namespace stellwerk::tls
