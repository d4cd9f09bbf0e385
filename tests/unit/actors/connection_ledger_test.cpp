#include "actors/connection_ledger.hpp"

#include <doctest/doctest.h>

using stellwerk::connection_ledger;
using verdict = connection_ledger::verdict;

TEST_CASE("an address has its limit, and all together") {
  connection_ledger ledger;
  CHECK(ledger.admit("192.0.2.1", 3, 2) == verdict::admitted);
  CHECK(ledger.admit("192.0.2.1", 3, 2) == verdict::admitted);
  CHECK(ledger.admit("192.0.2.1", 3, 2) == verdict::too_many_of_address);
  CHECK(ledger.admit("192.0.2.2", 3, 2) == verdict::admitted);
  CHECK(ledger.admit("192.0.2.3", 3, 2) == verdict::too_many);
  ledger.release("192.0.2.1");
  CHECK(ledger.admit("192.0.2.1", 3, 2) == verdict::admitted);
  CHECK(ledger.total() == 3);
}

TEST_CASE("behind a balancer the client counts, once it is known") {
  connection_ledger ledger;
  for (int i = 0; i < 3; ++i)
    CHECK(ledger.admit_unnamed(3) == verdict::admitted);
  CHECK(ledger.admit_unnamed(3) == verdict::too_many);
  CHECK(ledger.name("192.0.2.1", 1) == verdict::admitted);
  CHECK(ledger.name("192.0.2.1", 1) == verdict::too_many_of_address);
  ledger.release("");
  CHECK(ledger.total() == 2);
  CHECK(ledger.admit("192.0.2.1", 3, 1) == verdict::too_many_of_address);
  ledger.release("192.0.2.1");
  CHECK(ledger.admit("192.0.2.1", 3, 1) == verdict::admitted);
}
