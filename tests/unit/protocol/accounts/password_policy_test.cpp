#include "protocol/accounts/password_policy.hpp"

#include <doctest/doctest.h>

namespace stellwerk {
namespace {

TEST_CASE("a policy that asks for nothing refuses nothing") {
  CHECK_FALSE(password_policy{}.is_set());
  CHECK_FALSE(password_policy{}.refuses("anna@example.org", ""));
  CHECK(password_policy{.min_length = 1}.is_set());
}

TEST_CASE("characters are counted, not octets") {
  const password_policy eight{.min_length = 8};
  CHECK(eight.refuses("anna", "1234567"));
  CHECK_FALSE(eight.refuses("anna", "12345678"));
  CHECK(eight.refuses("anna", "p\xC3\xA4ssw\xC3\xB6r"));
  CHECK_FALSE(eight.refuses("anna", "p\xC3\xA4ssw\xC3\xB6rt"));
  CHECK_FALSE(eight.refuses("anna", "\xE4\xE4\xE4\xE4\xE4\xE4\xE4\xE4")); // Latin-1.
}

TEST_CASE("four classes of characters") {
  const password_policy three{.min_classes = 3};
  CHECK(three.refuses("anna", "lowerUPPER"));
  CHECK(three.refuses("anna", "lower123"));
  CHECK_FALSE(three.refuses("anna", "lowerUPPER1"));
  CHECK_FALSE(three.refuses("anna", "lower 1"));
  CHECK_FALSE(three.refuses("anna", "lower1\xC3\xA4"));
  CHECK(password_policy{.min_classes = 4}.refuses("anna", "lowerUPPER1"));
}

TEST_CASE("the local part of the login in the password") {
  const password_policy without{.without_login = true};
  CHECK(without.refuses("anna@example.org", "xANNAx"));
  CHECK(without.refuses("anna", "anna"));
  CHECK(without.refuses("\"a@b\"@example.org", "x\"A@B\"x"));
  CHECK_FALSE(without.refuses("anna@example.org", "example.org"));
  CHECK_FALSE(without.refuses("@example.org", "anything"));
}

} // namespace
} // namespace stellwerk
