#include "protocol/sasl/mechanism_set.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace stellwerk::sasl;
using stellwerk::secret;

namespace {

mechanism_set offering(std::initializer_list<const char*> names) {
  mechanism_set offered;
  for (const auto* name : names)
    offered.add(name);
  return offered;
}

credentials by(mechanism mech, const char* authzid = "") {
  return {"max", secret{"hunter2"}, authzid, mech};
}

} // namespace

TEST_CASE("of what a backend offers, what we have is kept") {
  CHECK(offering({}).empty());
  CHECK(offering({"CRAM-MD5", "GSSAPI", ""}).empty());
  const auto some = offering({"plain", "CRAM-MD5", "XOAUTH2"});
  CHECK(some.contains(mechanism::plain));
  CHECK(some.contains(mechanism::xoauth2));
  CHECK_FALSE(some.contains(mechanism::login));
}

TEST_CASE("a password goes by PLAIN, or LOGIN, whatever it came by") {
  for (const auto mech : {mechanism::plain, mechanism::login, mechanism::clear}) {
    CHECK(mechanism_for(by(mech), offering({"LOGIN", "PLAIN"})) == mechanism::plain);
    CHECK(mechanism_for(by(mech), offering({"LOGIN", "XOAUTH2"})) == mechanism::login);
    CHECK_FALSE(mechanism_for(by(mech), offering({"XOAUTH2", "OAUTHBEARER"})));
  }
}

TEST_CASE("a token goes by its own mechanism or not at all") {
  CHECK(mechanism_for(by(mechanism::xoauth2), offering({"PLAIN", "XOAUTH2"}))
        == mechanism::xoauth2);
  CHECK_FALSE(
      mechanism_for(by(mechanism::xoauth2), offering({"PLAIN", "LOGIN", "OAUTHBEARER"})));
  CHECK_FALSE(mechanism_for(by(mechanism::oauthbearer), offering({"PLAIN", "XOAUTH2"})));
}

TEST_CASE("to act as another takes PLAIN") {
  CHECK(mechanism_for(by(mechanism::plain, "eva"), offering({"LOGIN", "PLAIN"}))
        == mechanism::plain);
  CHECK_FALSE(mechanism_for(by(mechanism::plain, "eva"), offering({"LOGIN"})));
  CHECK_FALSE(mechanism_for(by(mechanism::xoauth2, "eva"), offering({"XOAUTH2"})));
  CHECK(mechanism_for(by(mechanism::plain, "max"), offering({"LOGIN"})) == mechanism::login);
}
