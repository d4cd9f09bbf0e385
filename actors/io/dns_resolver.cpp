#include "actors/io/dns_resolver.hpp"

#include <algorithm>
#include <arpa/nameser.h>
#include <cstring>
#include <stdexcept>
#include <sys/epoll.h>
#include <system_error>

namespace stellwerk::io {
namespace {

constexpr int milliseconds_per_try = 2000;
constexpr int tries_per_server = 3;
constexpr std::size_t max_names_kept = 1000;

endpoint address_of(const ares_addrinfo_node& node) {
  sockaddr_storage storage{};
  std::memcpy(&storage, node.ai_addr, std::min<std::size_t>(node.ai_addrlen, sizeof storage));
  return endpoint::from(storage);
}

} // namespace

/// One question under way; c-ares hands it back with the answer.
struct dns_resolver::query {
  dns_resolver* self;
  std::string host;
};

struct dns_resolver::watched_socket final : event_handler {
  watched_socket(dns_resolver& owner, ares_socket_t number) : self{owner}, descriptor{number} {}

  void on_events(std::uint32_t events) override {
    const bool lost = (events & (EPOLLERR | EPOLLHUP)) != 0;
    const bool readable = lost || (events & EPOLLIN) != 0;
    const bool writable = lost || (events & EPOLLOUT) != 0;
    self.process(readable ? descriptor : ARES_SOCKET_BAD,
                 writable ? descriptor : ARES_SOCKET_BAD);
  }

  dns_resolver& self;
  ares_socket_t descriptor;
};

dns_resolver::dns_resolver(caf::actor_config& config, std::string servers)
    : pinned_actor{config}, servers_{std::move(servers)} {}

dns_resolver::~dns_resolver() = default;

caf::behavior dns_resolver::make_behavior() {
  ares_options options{};
  options.timeout = milliseconds_per_try;
  options.tries = tries_per_server;
  options.sock_state_cb = [](void* self, ares_socket_t descriptor, int readable, int writable) {
    static_cast<dns_resolver*>(self)->on_socket_state(descriptor, readable != 0, writable != 0);
  };
  options.sock_state_cb_data = this;
  const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  int status = ares_init_options(&channel_, &options, mask);
  if (status == ARES_SUCCESS && !servers_.empty())
    status = ares_set_servers_ports_csv(channel_, servers_.c_str());
  if (status != ARES_SUCCESS)
    throw std::runtime_error{std::string{"dns: "} + ares_strerror(status)};

  return {
      [this](const resolve_request& asked) -> caf::result<resolved> {
        const auto found = cache_.find(asked.host);
        if (!asked.afresh && found != cache_.end() && found->second.expires > home().now())
          return resolved{.addresses = found->second.addresses, .problem = {}};
        auto promise = make_response_promise<resolved>();
        auto& waiting = waiting_[asked.host];
        waiting.push_back(promise);
        if (waiting.size() > 1)
          return promise;
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_flags = ARES_AI_NOSORT;
        auto question = std::make_unique<query>(query{this, asked.host});
        ares_getaddrinfo(
            channel_, asked.host.c_str(), nullptr, &hints,
            [](void* raw, int result, int, ares_addrinfo* addresses) {
              const std::unique_ptr<query> answered{static_cast<query*>(raw)};
              answered->self->settle(answered->host, result, addresses);
              if (addresses != nullptr)
                ares_freeaddrinfo(addresses);
            },
            question.release());
        arm_next_timeout();
        return promise;
      },
      [this](const mx_request& asked) { return look_up_mx(asked.domain); },
  };
}

caf::result<mx_records> dns_resolver::look_up_mx(const std::string& domain) {
  using promise_type = caf::typed_response_promise<mx_records>;
  auto promise = make_response_promise<mx_records>();
  auto waiting = std::make_unique<promise_type>(promise);
  ares_query(
      channel_, domain.c_str(), ns_c_in, ns_t_mx,
      [](void* raw, int status, int, unsigned char* message, int octets) {
        const std::unique_ptr<promise_type> answered{static_cast<promise_type*>(raw)};
        if (status == ARES_SUCCESS)
          answered->deliver(parse_mx_answer({message, static_cast<std::size_t>(octets)}));
        else
          answered->deliver(status == ARES_ENODATA ? mx_records{{}, 0, "no MX record", true}
                                                   : mx_records{{}, 0, ares_strerror(status)});
      },
      waiting.release());
  arm_next_timeout();
  return promise;
}

void dns_resolver::settle(const std::string& host, int status, const ares_addrinfo* found) {
  resolved result;
  int lowest_ttl = 3600;
  if (status == ARES_SUCCESS)
    for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
      result.addresses.push_back(address_of(*node));
      lowest_ttl = std::min(lowest_ttl, node->ai_ttl);
      result.ttl_seconds
          = std::max(result.ttl_seconds, static_cast<std::uint32_t>(node->ai_ttl));
    }
  result.exists = status != ARES_ENOTFOUND && status != ARES_ENODATA;
  if (result.addresses.empty())
    result.problem = status == ARES_SUCCESS ? "no address" : ares_strerror(status);
  else if (lowest_ttl > 0) {
    if (cache_.size() >= max_names_kept)
      cache_.clear();
    cache_[host] = {result.addresses, home().now() + std::chrono::seconds{lowest_ttl}};
  }
  for (auto& promise : std::exchange(waiting_[host], {}))
    promise.deliver(result);
  waiting_.erase(host);
}

// Called by c-ares, which knows no exceptions: what can't be watched runs into its timeout.
void dns_resolver::on_socket_state(ares_socket_t descriptor, bool readable, bool writable) {
  const std::uint32_t events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
  const auto entry = sockets_.find(descriptor);
  try {
    if (events == 0) {
      if (entry != sockets_.end())
        home().forget(descriptor, *entry->second);
      sockets_.erase(descriptor);
    } else if (entry != sockets_.end()) {
      home().rewatch(descriptor, events, *entry->second);
    } else {
      auto watched = std::make_unique<watched_socket>(*this, descriptor);
      home().watch(descriptor, events, *watched);
      sockets_.emplace(descriptor, std::move(watched));
    }
  } catch (const std::system_error&) {
    return;
  }
}

void dns_resolver::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
  arm_next_timeout();
}

void dns_resolver::arm_next_timeout() {
  timeval room{};
  if (const auto* next = ares_timeout(channel_, nullptr, &room))
    home().arm(*this, clock::now() + std::chrono::seconds{next->tv_sec}
                          + std::chrono::microseconds{next->tv_usec});
  else
    home().disarm(*this);
}

void dns_resolver::on_timer() { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

void dns_resolver::on_exit() {
  home().disarm(*this);
  if (channel_ != nullptr)
    ares_destroy(std::exchange(channel_, nullptr)); // Ends what is pending, through `settle`.
  for (auto& [descriptor, watched] : sockets_)
    home().forget(descriptor, *watched);
  sockets_.clear();
}

} // namespace stellwerk::io
