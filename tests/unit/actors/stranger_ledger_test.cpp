#include "actors/stranger_ledger.hpp"

#include <doctest/doctest.h>

using stellwerk::stranger_caps;
using stellwerk::stranger_ledger;

TEST_CASE("a hundred users behind one address get in, and a flood leaves half of all places") {
  const auto caps = stranger_caps::of(20'000, 200);
  CHECK(caps.total == 10'000);
  CHECK(caps.per_address == 200);
  CHECK(caps.per_network == 2'500);
  CHECK(stranger_caps::of(20'000, 5'000).per_address == 2'500);
  CHECK(stranger_caps::of(20'000, 3).per_address == 3);
  CHECK(stranger_caps::of(1, 1).total == 1);
  CHECK(stranger_caps::of(100, 200).per_network == 200);
}

TEST_CASE("strangers have their caps: of an address, of a network, all together") {
  stranger_ledger ledger;
  const stranger_caps caps{4, 2, 3};
  const auto first = ledger.take("192.0.2.1", "192.0.2", caps);
  auto second = ledger.take("192.0.2.1", "192.0.2", caps);
  CHECK(first);
  CHECK(second);
  CHECK(!ledger.take("192.0.2.1", "192.0.2", caps));
  const auto third = ledger.take("192.0.2.2", "192.0.2", caps);
  CHECK(third);
  CHECK(!ledger.take("192.0.2.3", "192.0.2", caps));
  const auto fourth = ledger.take("198.51.100.1", "198.51.100", caps);
  CHECK(fourth);
  CHECK(!ledger.take("203.0.113.1", "203.0.113", caps));
  CHECK(ledger.total() == 4);
  CHECK(ledger.refused() == 3);
  second.give_up(); // Logged in.
  second.give_up();
  CHECK(ledger.total() == 3);
  CHECK(ledger.take("203.0.113.1", "203.0.113", caps));
  CHECK(ledger.total() == 3);
}

TEST_CASE("who was parked comes back whatever the caps") {
  stranger_ledger ledger;
  const stranger_caps caps{1, 1, 1};
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
