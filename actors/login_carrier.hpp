#pragma once

#include "actors/login_backend.hpp"
#include "actors/session.hpp"
#include "config/master_login.hpp"
#include "config/route_decision.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace stellwerk {

/// Carries the login of a user whose password a backend does not know yet: another backend
/// checks it, then a master opens the session in the user's name. Never without that yes to
/// this very login.
class login_carrier {
public:
  using backend_maker = std::function<std::unique_ptr<login_backend>()>;

  login_carrier(session& owner, mail_protocol service, const backend_maker& make)
      : owner_{owner}, service_{service}, make_{make} {}

  /// May the master open a session for this login, under what is in force for the session?
  [[nodiscard]] bool may_carry(const login_judgement& judged, side where) const;

  /// Asks the backend of `verify_on` in a connection of its own, which is left at once and
  /// counted nowhere. Nothing: the epoch has changed, decide anew.
  io::task<std::optional<login_outcome::verdict>>
  verify(const login_judgement& judged, side where, const sasl::credentials& who);

  /// What the master logs in with. Nothing if its key is gone.
  [[nodiscard]] std::optional<sasl::credentials>
  master_for(const login_judgement& judged, side where, const service_facts& shown) const;

  /// The backend has accepted the user's own password: the master's work is done.
  void note_own_password(const login_judgement& judged, side where) const;

private:
  [[nodiscard]] std::optional<master_login> master_at(side where) const {
    return master_of(owner_.now_in_force().backend(where));
  }

  session& owner_;
  mail_protocol service_;
  const backend_maker& make_; // The desk's.
};

} // namespace stellwerk
