#pragma once

#include "actors/login_backend.hpp"
#include "actors/login_carrier.hpp"
#include "actors/parking.hpp"
#include "actors/session.hpp"
#include "config/route_decision.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stellwerk {

/// Where a client's logins are decided, the same in every protocol: judged by the accounts,
/// routed, counted, parked while the route holds them, replayed to the backend (or carried,
/// where it does not know the password yet), under the epoch rules of actors/README.md.
///
/// Keeps the connection to the backend between tries and after the yes.
class login_desk {
public:
  using backend_maker = login_carrier::backend_maker;

  /// `service` of the backends takes the logins; `kind` is what a login is counted as.
  login_desk(session& owner, presence_kind kind, mail_protocol service, backend_maker make)
      : owner_{owner}, kind_{kind}, service_{service}, make_{std::move(make)},
        carrier_{owner_, service_, make_}, counted_{owner.surroundings_ptr()} {}
  login_desk(const login_desk&) = delete;
  login_desk& operator=(const login_desk&) = delete;

  /// Decides one login and logs what came of it. A refusal is told no sooner than every other
  /// refusal would be. Without a yes nothing is counted and no connection is kept.
  /// `software` is what the client calls itself, for the log.
  io::task<login_outcome> attend(const sasl::credentials& who, std::string software);

  /// The connection that said yes; null before.
  [[nodiscard]] login_backend* backend() const { return backend_.get(); }
  /// How long this client's logins have been parked, all in all.
  [[nodiscard]] io::clock::duration time_parked() const { return time_parked_; }
  /// As the client wrote it, once the backend has said yes; empty before.
  [[nodiscard]] const std::string& login() const { return login_; }

private:
  [[nodiscard]] route_decision route_of(const world& now, const login_judgement& judged) const;
  [[nodiscard]] login_judgement judge(const world& now, const sasl::credentials& who) const;
  enum class place { backend, parked };
  io::task<void> count(const login_judgement& judged, const route_decision& route,
                       place at = place::backend);
  io::task<std::optional<login_outcome>> park(const login_judgement& judged,
                                              const route_decision& route);
  io::task<login_outcome> decide(const sasl::credentials& who);
  io::task<std::chrono::milliseconds> hold_refusal(const sasl::credentials& who);
  io::task<std::optional<login_outcome>> try_backend(const login_judgement& judged,
                                                     const route_decision& route,
                                                     const sasl::credentials& who);
  io::task<std::string> open_backend(side where);
  io::task<bool> reach_backend(side where);
  io::task<login_outcome> ask_backend(side where, const sasl::credentials& replayed);
  io::task<std::optional<login_outcome::verdict>>
  carry(const login_judgement& judged, side where, const sasl::credentials& who);
  io::task<bool> yes_still_holds(const login_judgement& judged, const route_decision& route,
                                 const sasl::credentials& who);
  void drop_backend();
  void keep_findings(const sasl::credentials& who, const std::string& software,
                     bool is_accepted) const;
  void note(traffic_kind what, bool went_well) const;

  session& owner_;
  presence_kind kind_;
  mail_protocol service_;
  backend_maker make_;
  login_carrier carrier_;
  ticket counted_;
  std::unique_ptr<login_backend> backend_;
  std::string login_;
  std::string domain_;                 // Of the login that is being decided.
  std::optional<parking> parking_;     // Of the login that is being decided.
  std::optional<login_finding> found_; // Of the login that is being decided.
  bool by_master_ = false;             // The backend's last answer was one to the master.
  io::clock::time_point asked_;        // When it was, or when it was released.
  io::clock::duration time_parked_{};
};

} // namespace stellwerk
