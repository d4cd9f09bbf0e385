#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::tls {

/// The host name in the body of a server_name extension (RFC 6066 section 3), in lower case and
/// without a final dot. `malformed` if it is not exactly one list with one host name of 1 to
/// 255 octets without NUL in it.
struct server_name_extension {
  bool malformed = false;
  std::string host_name;
};
[[nodiscard]] server_name_extension parse_server_name(std::string_view body);

/// Does the name in a certificate stand for the host (RFC 6125 section 6.4, RFC 7817)? Case of
/// ASCII letters aside; `*` stands for exactly one label, and only as the whole left-most one.
[[nodiscard]] bool name_matches(std::string_view pattern, std::string_view host);

} // namespace stellwerk::tls
