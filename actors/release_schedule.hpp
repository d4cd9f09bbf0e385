#pragma once

#include "actors/io/timer.hpp"

#include <chrono>

namespace stellwerk {

/// Spreads the parked logins that are released, so that a backend gets no more than
/// `most_a_second` new connections of them in a second: 2,000 are back within 5 s, and a
/// server that hashes passwords slowly is not struck down by a whole domain at once.
class release_schedule {
public:
  static constexpr int most_a_second = 400;
  static constexpr std::chrono::milliseconds longest_jitter{50};

  /// How long the next one waits from `now` on: behind those before it, and a little by chance,
  /// never nothing, so that they don't come in step.
  [[nodiscard]] std::chrono::milliseconds next(io::clock::time_point now = io::clock::now());

private:
  io::clock::time_point free_from_{};
};

} // namespace stellwerk
