#include "actors/login_floor.hpp"

#include <algorithm>
#include <atomic>
#include <random>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds shortest{3'000};
constexpr milliseconds longest{30'000};

std::atomic<milliseconds> backend_takes{shortest}; // Of the whole process.

} // namespace

void note_backend_refusal(io::clock::duration took) {
  backend_takes = std::clamp(std::chrono::ceil<milliseconds>(took), shortest, longest);
}

io::clock::time_point refusal_due(io::clock::time_point asked) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const milliseconds jitter{random() % 300};
  return asked + backend_takes.load() + jitter;
}

} // namespace stellwerk
