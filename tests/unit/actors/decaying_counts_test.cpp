#include "actors/decaying_counts.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using stellwerk::decaying_counts;
using time_point = stellwerk::io::clock::time_point;

TEST_CASE("a count grows with each and is halved in ten minutes") {
  decaying_counts counts{8};
  const time_point now{1h};
  CHECK(counts.at(7, now) == 0);
  CHECK(!counts.knows(7));
  CHECK(counts.add(7, now) == 1);
  CHECK(counts.add(7, now) == 2);
  CHECK(counts.at(7, now + 10min) == doctest::Approx(1));
  CHECK(counts.at(7, now + 20min) == doctest::Approx(0.5));
  CHECK(counts.add(7, now + 10min) == doctest::Approx(2));
  CHECK(counts.at(7, now + 24h) < 0.001);
  CHECK(counts.knows(7));
}

TEST_CASE("where eight are, a ninth drives out who has been quiet longest") {
  decaying_counts counts{8};
  const time_point now{1h};
  for (std::uint64_t key = 0; key < 8; ++key)
    counts.add(key, now + std::chrono::seconds{key});
  counts.add(0, now + 8s);
  counts.add(8, now + 9s);
  CHECK(counts.knows(0));
  CHECK(!counts.knows(1));
  for (std::uint64_t key = 2; key <= 8; ++key)
    CHECK(counts.knows(key));
}
