#include "actors/place_caps.hpp"

#include <doctest/doctest.h>

using stellwerk::parked_caps;
using stellwerk::stranger_caps;

TEST_CASE("a hundred users behind one address are parked with several connections each") {
  const auto caps = parked_caps(10'000);
  CHECK(caps.total == 10'000);
  CHECK(caps.per_address >= 1000);
  CHECK(caps.per_address < caps.total);
  CHECK(caps.per_holder < caps.per_address);
  CHECK(parked_caps(0).total == 0);
}

TEST_CASE("a hundred users behind one address get in, and a flood leaves half of all places") {
  const auto caps = stranger_caps(20'000, 200);
  CHECK(caps.total == 10'000);
  CHECK(caps.per_address == 200);
  CHECK(caps.per_holder == 2'500);
  CHECK(stranger_caps(20'000, 5'000).per_address == 2'500);
  CHECK(stranger_caps(20'000, 3).per_address == 3);
  CHECK(stranger_caps(1, 1).total == 1);
  CHECK(stranger_caps(100, 200).per_holder == 200);
}
