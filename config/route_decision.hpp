#pragma once

#include "config/snapshot.hpp"
#include "protocol/accounts/login_rule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk {

/// What a route says to do with a login, a submission or a recipient.
enum class route_verdict : std::uint8_t {
  serve,  ///< At `to`.
  hold,   ///< Logins are parked; recipients fall under `delivery_while_moving`.
  refuse, ///< `default: refuse`: 550 5.7.1 to a recipient, a login fails.
};

struct route_decision {
  route_verdict verdict = route_verdict::serve;
  /// With `serve` where to; with `hold` where the domain is going; with `refuse` nothing.
  side to = side::on_old;
  /// Is the domain in routes.yaml? What is not follows `default`, and its recipients get 451
  /// until `no_relay` has passed for the backend.
  bool listed = false;
  /// The domain's phase, if listed.
  std::optional<phase> now;
  /// A recipient that is served at the side its domain is only on the way to
  /// (`delivery_while_moving: target`).
  bool early = false;
  /// `domain_key` under which sessions are counted; empty: a bare login or no domain.
  std::string domain;
  bool operator==(const route_decision&) const = default;
};

/// Where a login reads mail. A pin outranks the phase, but for `moving` and `returning` where
/// an account pinned to the side that must be still is parked with its domain.
[[nodiscard]] route_decision access_route(const snapshot& current,
                                          const login_judgement& login);

/// Where a login hands mail in; never `hold`.
[[nodiscard]] route_decision submission_route(const snapshot& current,
                                              const login_judgement& login);

/// Where mail for `address` goes (without angle brackets), whatever listener it came through.
/// In `moving` and `returning` every recipient of the domain is held, pinned ones too, or with
/// `delivery_while_moving: target` served where the domain is going. An
/// address that cannot be cut in two (`postmaster`) follows `default`.
[[nodiscard]] route_decision recipient_route(const snapshot& current, std::string_view address);

/// Where mail for `address` goes that this login hands in: with the rest to the login's own
/// server, unless that would keep it although the domain lives on the other side; then there.
/// `refuse`: the login has no server of its own any more.
[[nodiscard]] route_decision submitted_recipient_route(const snapshot& current,
                                                       const login_judgement& login,
                                                       std::string_view address);

} // namespace stellwerk
