#pragma once

#include "config/schema.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// A setting that makes the way to one backend weaker than it would be by default. `check`
/// warns of it, `status` marks the backend with it.
struct backend_weakness {
  std::string_view key; ///< Of the service: `tls_min`.
  std::string what;
};

/// All of a service's. Without TLS it is one, unless the address is of the loopback network:
/// there is no wire to listen at.
[[nodiscard]] std::vector<backend_weakness> weaknesses_of(const backend_service& service);

/// OpenSSL's security level in force: `security_level`, else that of `ciphers`, else 0 where
/// `tls_min` is below 1.2, else 2.
[[nodiscard]] unsigned security_level_of(const backend_service& service);

/// The last `@SECLEVEL=` of an OpenSSL cipher string.
[[nodiscard]] std::optional<unsigned> security_level_in(std::string_view ciphers);

} // namespace stellwerk
