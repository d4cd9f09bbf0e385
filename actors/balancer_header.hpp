#pragma once

#include "actors/io/coroutine_actor.hpp"
#include "actors/io/socket.hpp"
#include "protocol/proxy_header/connection_ends.hpp"

#include <optional>
#include <string>

namespace stellwerk {

/// What a load balancer said before the first octet of its client.
struct balancer_header {
  /// Nothing: the connection is the balancer's own, a health check for instance.
  std::optional<proxy_header::connection_ends> ends{};
  /// Empty, or why there is no header, in words.
  std::string problem{};
};

/// Waits for the PROXY header, version 1 or 2, that must come first on `transport`. Takes not
/// an octet more: what follows may be TLS.
io::task<balancer_header> hear_balancer(io::coroutine_actor& owner, io::socket& transport,
                                        io::clock::time_point until);

} // namespace stellwerk
