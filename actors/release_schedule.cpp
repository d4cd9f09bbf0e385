#include "actors/release_schedule.hpp"

#include <algorithm>
#include <random>

namespace stellwerk {

std::chrono::milliseconds release_schedule::next(io::clock::time_point now) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto slot = std::max(now, free_from_);
  free_from_ = slot + std::chrono::nanoseconds{std::chrono::seconds{1}} / most_a_second;
  const std::chrono::milliseconds jitter{1 + random() % longest_jitter.count()};
  return std::chrono::duration_cast<std::chrono::milliseconds>(slot - now) + jitter;
}

} // namespace stellwerk
