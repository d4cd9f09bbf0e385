#include "actors/login_floor.hpp"

#include <random>

namespace stellwerk {

io::clock::time_point refusal_due(io::clock::time_point asked) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const std::chrono::milliseconds jitter{random() % 300};
  return asked + std::chrono::seconds{3} + jitter;
}

} // namespace stellwerk
