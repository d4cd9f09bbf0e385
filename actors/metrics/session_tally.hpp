#pragma once

#include "actors/log/line.hpp"
#include "actors/metrics/counts.hpp"

#include <chrono>
#include <span>

namespace stellwerk::metrics {

/// What one session counts for, from its birth to `end`.
class session_tally {
public:
  session_tally(counts& all, listener_counts& here);

  /// What it logs: logins, transactions and failures are counted.
  void note(log::event what, std::span<const log::field> fields);
  /// A connection to a backend stands: that is where the session is counted now.
  void note_ready(place where, std::chrono::microseconds took);
  /// It counts no more as open. Once.
  void end();

private:
  void move_to(place where);
  void park(bool is_parked);

  counts& all_;
  listener_counts& here_;
  place at_ = place::none;
  bool parked_ = false;
};

} // namespace stellwerk::metrics
