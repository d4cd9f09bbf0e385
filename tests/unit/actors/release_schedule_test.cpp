#include "actors/release_schedule.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace stellwerk;
using namespace std::chrono_literals;

TEST_CASE("two thousand are released within 10 s, never many in one second") {
  release_schedule schedule;
  const auto now = io::clock::now();
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 2000; ++i)
    waits.push_back(schedule.next(now));
  CHECK(std::ranges::max(waits) < 10s);
  std::ranges::sort(waits);
  const auto in_a_second = release_schedule::most_a_second * 11 / 10; // Jitter may move some.
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const auto end = std::ranges::lower_bound(waits, waits[i] + 1s);
    CHECK(end - waits.begin() - static_cast<std::ptrdiff_t>(i) <= in_a_second);
  }
}

TEST_CASE(
    "those of a later flip come behind those of the first, and nobody waits for the past") {
  release_schedule schedule;
  const auto now = io::clock::now();
  for (int i = 0; i < 800; ++i)
    static_cast<void>(schedule.next(now));
  CHECK(schedule.next(now + 1s) >= 900ms);
  CHECK(schedule.next(now + 60s) <= release_schedule::longest_jitter);
}
