#include "actors/place_ledger.hpp"

#include <doctest/doctest.h>

#include <vector>

using stellwerk::place_caps;
using stellwerk::place_ledger;

TEST_CASE("no more places are taken than there are, and each is given back once") {
  place_ledger ledger;
  const place_caps caps{2, 10, 10};
  auto first = ledger.take("192.0.2.1", "anna@example.org", caps);
  {
    const auto second = ledger.take("192.0.2.2", "bert@example.org", caps);
    REQUIRE(first);
    REQUIRE(second);
    CHECK_FALSE(ledger.take("192.0.2.3", "carla@example.com", caps));
    CHECK(ledger.total() == 2);
  }
  CHECK(ledger.total() == 1);
  auto moved = std::move(first);
  CHECK(ledger.total() == 1);
  CHECK(ledger.take("192.0.2.3", "carla@example.com", caps));
  CHECK(ledger.total() == 1);
  moved.give_up();
  moved.give_up();
  CHECK(ledger.total() == 0);
}

TEST_CASE("an address and a holder have caps of their own, and refusals are counted") {
  place_ledger ledger;
  const place_caps caps{100, 3, 2};
  std::vector<place_ledger::place> places;
  const auto take = [&](const char* address, const char* holder) {
    places.push_back(ledger.take(address, holder, caps));
    return static_cast<bool>(places.back());
  };
  CHECK(take("192.0.2.1", "anna@example.org"));
  CHECK(take("192.0.2.1", "anna@example.org"));
  CHECK_FALSE(take("192.0.2.1", "anna@example.org"));
  CHECK_FALSE(take("192.0.2.2", "anna@example.org"));
  CHECK(take("192.0.2.1", "Anna@example.org"));
  CHECK_FALSE(take("192.0.2.1", "bert@example.org"));
  CHECK(take("192.0.2.2", "bert@example.org"));
  CHECK(ledger.refused() == 3);
  places.clear();
  CHECK(ledger.total() == 0);
  CHECK(take("192.0.2.1", "anna@example.org"));
}

TEST_CASE("who is in already comes back whatever the caps") {
  place_ledger ledger;
  const place_caps caps{1, 1, 1};
  auto parked = ledger.take("192.0.2.1", "192.0.2", caps);
  parked.give_up();
  auto other = ledger.take("192.0.2.1", "192.0.2", caps);
  CHECK(other);
  parked = ledger.take_back("192.0.2.1", "192.0.2");
  CHECK(parked);
  CHECK(ledger.total() == 2);
  CHECK(ledger.refused() == 0);
  other = {};
  parked = {};
  CHECK(ledger.total() == 0);
}
