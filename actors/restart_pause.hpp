#pragma once

#include <chrono>

namespace stellwerk {

/// How long to wait before an actor that died is started again, so that one which dies at once
/// is no endless loop: 1 s, and twice as long each time, up to 30 s. One that has lived for
/// 30 s is started again at once, and the pauses begin anew.
class restart_pause {
public:
  using clock = std::chrono::steady_clock;

  void on_start(clock::time_point now) { started_ = now; }
  /// The pause from `now` on; never negative.
  [[nodiscard]] std::chrono::seconds on_death(clock::time_point now);

private:
  clock::time_point started_{};
  std::chrono::seconds next_{1};
};

} // namespace stellwerk
