#pragma once

#include "protocol/proxy_header/connection_ends.hpp"

#include <optional>
#include <string>

namespace stellwerk::proxy_header {

/// TLS between the client and us, as a backend is told of it.
struct tls_layer {
  std::string version{};     ///< `TLSv1.3`.
  std::string cipher{};      ///< OpenSSL's name of it, `TLS_AES_256_GCM_SHA384`.
  std::string server_name{}; ///< What SNI asked for; empty: nothing.
};

/// A PROXY protocol version 2 header that says `source` had connected to `destination` over TCP
/// (section 2.2 of the protocol's text): 28 octets for IPv4, 52 for IPv6, and with `tls` what
/// PP2_TYPE_AUTHORITY and PP2_TYPE_SSL need. The client is never said to have a certificate.
///
/// IPv6 addresses that hold an IPv4 address (::ffff:192.0.2.1) are sent as IPv4; if the two
/// ends differ in family, both are sent as IPv6. Names over 255 octets are left out.
[[nodiscard]] std::string proxy_v2_header(const endpoint& source, const endpoint& destination,
                                          const std::optional<tls_layer>& tls = std::nullopt);

/// The header for a connection on our own behalf, such as a health check: LOCAL, 16 octets.
[[nodiscard]] std::string proxy_v2_local_header();

} // namespace stellwerk::proxy_header
