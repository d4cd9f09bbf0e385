#pragma once

#include "actors/world.hpp"
#include "config/backend_id.hpp"
#include "config/schema.hpp"
#include "protocol/cutover/phase.hpp"
#include "protocol/imap/capability_list.hpp"
#include "protocol/pop3/capability_list.hpp"
#include "protocol/sieve/capability_list.hpp"
#include "protocol/smtp/features.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace stellwerk {

/// What is known of one service of a backend.
struct service_facts {
  /// Nothing before the first probe has ended.
  std::optional<bool> healthy;
  /// Why it isn't, in words; empty if it is.
  std::string problem;
  /// What it announces; nothing until a connection has told.
  std::optional<smtp::features> features;
  std::optional<imap::capability_list> capabilities;
  std::optional<pop3::capability_list> pop3{};
  std::optional<sieve::capability_list> sieve{};

  bool operator==(const service_facts&) const = default;
};

/// The gate `no_relay` of one backend's smtp service.
struct relay_facts {
  /// A foreign recipient was refused there.
  bool refuses_strangers = false;
  /// What the probe heard, in words.
  std::string heard = "not probed yet";

  bool operator==(const relay_facts&) const = default;
};

/// Is the service looked after: it is configured and, on pop3 and sieve, some listener uses it?
[[nodiscard]] bool is_probed(const world& now, backend_id where, mail_protocol protocol);

/// What is known of the backends; immutable once published.
class backend_facts {
public:
  [[nodiscard]] const service_facts& at(backend_id where, mail_protocol protocol) const {
    return services_[where.index()][static_cast<std::size_t>(protocol)];
  }
  [[nodiscard]] service_facts& at(backend_id where, mail_protocol protocol) {
    return services_[where.index()][static_cast<std::size_t>(protocol)];
  }
  [[nodiscard]] const relay_facts& relay(side where) const {
    return relays_[static_cast<std::size_t>(where)];
  }
  [[nodiscard]] relay_facts& relay(side where) {
    return relays_[static_cast<std::size_t>(where)];
  }

  /// What can be promised to a client that may end up on either side; nothing while one that
  /// has the service is unknown. A side without the service does not count: nobody is served
  /// there.
  [[nodiscard]] std::optional<smtp::features> common_features(const world& now,
                                                              mail_protocol protocol) const;
  [[nodiscard]] const imap::capability_list& common_capabilities() const { return common_; }

  /// Brings what is common up to date; before publishing, so that no session has to compute it.
  void settle(const world& now);

  /// The gate of a service that is reached in another way from now on has to pass anew.
  void close_gates(const world& before, const world& now);

  bool operator==(const backend_facts&) const = default;

private:
  std::array<std::array<service_facts, all_protocols.size()>, backend_id::count> services_;
  std::array<relay_facts, 2> relays_;
  imap::capability_list common_;
};
using backend_facts_ptr = std::shared_ptr<const backend_facts>;

/// What both sides of a move can do, of `what` in their facts; while one that has the service
/// is unknown, nothing. A side without the service does not count: nobody is served there.
template <class List>
[[nodiscard]] List common_to_both(const world& now, const backend_facts& facts,
                                  mail_protocol protocol,
                                  std::optional<List> service_facts::*what) {
  std::optional<List> common;
  for (const auto where : {side::on_old, side::on_new}) {
    if (!now.backend(where).service(protocol))
      continue;
    const auto& here = facts.at(where, protocol).*what;
    if (!here)
      return {};
    common = common ? common_to(*common, *here) : *here;
  }
  return common.value_or(List{});
}

} // namespace stellwerk
