#pragma once

#include "actors/place_ledger.hpp"
#include "actors/session.hpp"

#include <optional>
#include <string_view>

namespace stellwerk {

/// The wait of one login whose domain is held: as long as its protocol allows, however often it
/// is parked in that time. It holds a place, and no connection to a backend.
class parking {
public:
  enum class end {
    released, ///< Decide anew.
    too_long, ///< The budget is over.
    draining, ///< This session is to end.
  };

  /// `service` says how long clients wait, and with which words they are kept patient.
  parking(session& owner, mail_protocol service, std::string_view login);

  /// False: too many are parked already, of all, of this address or of this login.
  [[nodiscard]] bool has_place() const { return static_cast<bool>(place_); }

  /// Waits for the release; for what was counted as parked under the epoch that is in force for
  /// the session, so that none is lost. What the client sends meanwhile stays in its inbox.
  /// Throws session_over when the client has left.
  io::task<end> wait();

private:
  void hear_client();
  void keep_patient();
  [[nodiscard]] std::optional<end> look(io::clock::time_point now) const;

  session& owner_;
  place_ledger::place place_;
  std::string_view words_; // Empty: this protocol has none.
  io::clock::duration every_;
  io::clock::time_point until_;
  io::clock::time_point next_words_;
};

} // namespace stellwerk
