#include "actors/parking_ledger.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace stellwerk;

TEST_CASE("no more are parked than all places, and each gives its place back") {
  parking_ledger ledger;
  const parking_caps caps{2, 10, 10};
  auto first = ledger.take("192.0.2.1", "anna@example.org", caps);
  {
    const auto second = ledger.take("192.0.2.2", "bert@example.org", caps);
    REQUIRE(first);
    REQUIRE(second);
    CHECK_FALSE(ledger.take("192.0.2.3", "carla@example.com", caps));
    CHECK(ledger.total() == 2);
  }
  CHECK(ledger.total() == 1);
  const auto moved = std::move(first);
  CHECK(ledger.total() == 1);
  CHECK(ledger.take("192.0.2.3", "carla@example.com", caps));
  CHECK(ledger.total() == 1);
}

TEST_CASE("an address and a login have caps of their own") {
  parking_ledger ledger;
  const parking_caps caps{100, 3, 2};
  std::vector<parking_ledger::place> places;
  const auto take = [&](const char* address, const char* login) {
    places.push_back(ledger.take(address, login, caps));
    return static_cast<bool>(places.back());
  };
  CHECK(take("192.0.2.1", "anna@example.org"));
  CHECK(take("192.0.2.1", "anna@example.org"));
  CHECK_FALSE(take("192.0.2.1", "anna@example.org"));
  CHECK_FALSE(take("192.0.2.2", "anna@example.org"));
  CHECK(take("192.0.2.1", "Anna@example.org"));
  CHECK_FALSE(take("192.0.2.1", "bert@example.org"));
  CHECK(take("192.0.2.2", "bert@example.org"));
  places.clear();
  CHECK(take("192.0.2.1", "anna@example.org"));
}

TEST_CASE("a hundred users behind one address fit with several connections each") {
  const auto caps = parking_caps::of(10'000);
  CHECK(caps.total == 10'000);
  CHECK(caps.per_address >= 1000);
  CHECK(caps.per_address < caps.total);
  CHECK(caps.per_login < caps.per_address);
  CHECK(parking_caps::of(0).total == 0);
}
