#pragma once

#include "protocol/base/ip_address.hpp"

#include <cstdint>

namespace stellwerk::proxy_header {

/// Address and port of one end of a TCP connection.
struct endpoint {
  ip_address address;
  std::uint16_t port = 0; ///< Host order.
  bool operator==(const endpoint&) const = default;
};

/// Who had connected to where.
struct connection_ends {
  endpoint source;
  endpoint destination;
  bool operator==(const connection_ends&) const = default;
};

} // namespace stellwerk::proxy_header
