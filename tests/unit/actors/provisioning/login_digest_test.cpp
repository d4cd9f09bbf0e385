#include "actors/provisioning/login_digest.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("the same login with the same password is known again, by this process alone") {
  const login_digest here;
  const auto anna = here.of("anna", secret{"x"});
  REQUIRE(anna);
  CHECK(here.of("anna", secret{"x"}) == anna);
  CHECK(here.of("anna", secret{"y"}) != anna);
  CHECK(here.of("max", secret{"x"}) != anna);
  CHECK(here.of("ann", secret{"ax"}) != anna);
  CHECK(login_digest{}.of("anna", secret{"x"}) != anna);
}
