#pragma once

#include "actors/io/endpoint.hpp"
#include "actors/io/mx_answer.hpp"
#include "actors/io/pinned_actor.hpp"

#include <ares.h>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stellwerk::io {

/// Asks for the addresses of `host` (a name, without port).
struct resolve_request {
  std::string host;
  bool afresh = false; ///< Not from what is kept.
};

/// The addresses in the order the server gave them, port 0; or, when there are none, why.
struct resolved {
  std::vector<endpoint> addresses;
  std::string problem;
  std::uint32_t ttl_seconds = 0; ///< The highest of them; 0 from what is kept.
  bool exists = true;            ///< False: the server is sure that there is no address.
};

/// Asks for the MX records of a domain; never answered from what is kept.
struct mx_request {
  std::string domain;
};

/// Looks up A and AAAA records (c-ares) on its worker and keeps what it learned for as long as
/// the TTL says; /etc/hosts first.
///
///   resolve_request -> resolved   Within 10 s; never refuses. Same questions share one query.
///   mx_request -> mx_records      The same.
///
/// Supervision: it holds nothing that can't be asked again; the supervisor respawns it.
class dns_resolver final : public pinned_actor, private timer {
public:
  /// `servers`: "address" or "address:port", comma separated; empty: the system's.
  dns_resolver(caf::actor_config& config, std::string servers);
  ~dns_resolver() override;

private:
  struct query;
  struct watched_socket;
  struct known {
    std::vector<endpoint> addresses;
    clock::time_point expires;
  };
  using answer = caf::typed_response_promise<resolved>;

  caf::behavior make_behavior() override;
  caf::result<mx_records> look_up_mx(const std::string& domain);
  void on_exit() override;
  void on_timer() override;
  void arm_next_timeout();
  void on_socket_state(ares_socket_t descriptor, bool readable, bool writable);
  void process(ares_socket_t readable, ares_socket_t writable);
  void settle(const std::string& host, int status, const ares_addrinfo* found);

  std::string servers_;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, std::unique_ptr<watched_socket>> sockets_;
  std::map<std::string, std::vector<answer>> waiting_;
  std::map<std::string, known> cache_;
};

} // namespace stellwerk::io

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::io::resolve_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::io::resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::io::mx_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::io::mx_records)
