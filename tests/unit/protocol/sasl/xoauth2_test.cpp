#include "protocol/sasl/xoauth2.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::string_view_literals;

namespace {

bool is(const sasl::reading& read, sasl::fault wanted) {
  const auto* found = std::get_if<sasl::fault>(&read);
  return found != nullptr && *found == wanted;
}

} // namespace

TEST_CASE("XOAUTH2 gives the user, and the whole message for replay") {
  const auto message = "user=m\xFC,=x@example.org\x01"
                       "auth=Bearer ya29.vF9d-f_t~q+/==\x01\x01"sv;
  const auto read = sasl::parse_xoauth2(message);
  REQUIRE(std::holds_alternative<sasl::credentials>(read));
  const auto& login = std::get<sasl::credentials>(read);
  CHECK(login.authcid == "m\xFC,=x@example.org");
  CHECK(login.password.view() == message);
  CHECK(login.authzid.empty());
  CHECK(login.mech == sasl::mechanism::xoauth2);
  CHECK(sasl::xoauth2_message(message, login.authcid).view() == message);
}

TEST_CASE("XOAUTH2 for a backend where the user has another name") {
  const auto message = "user=max@example.org\x01"
                       "auth=bearer t\x01host=x\x01\x01"sv;
  REQUIRE(std::holds_alternative<sasl::credentials>(sasl::parse_xoauth2(message)));
  CHECK(sasl::xoauth2_message(message, "max").view()
        == "user=max\x01"
           "auth=bearer t\x01host=x\x01\x01"sv);
}

TEST_CASE("what is not the message of XOAUTH2") {
  for (const auto message : {""sv,
                             "\x01"sv,
                             "\x01\x01"sv,
                             "user=max"sv,
                             "user=max\x01\x01"sv,
                             "auth=Bearer t\x01\x01"sv,
                             "user=max\x01"
                             "auth=Bearer t\x01"sv,
                             "user=max\x01"
                             "auth=Bearer t\x01\x01 "sv,
                             "user=max\x01"
                             "auth=Bearer t\x01\x01\x01"sv,
                             "user=max\x01"
                             "auth=Basic t\x01\x01"sv,
                             "user=max\x01"
                             "auth=Bearer \x01\x01"sv,
                             "user=max\x01"
                             "auth=Bearer t t\x01\x01"sv,
                             "auth=Bearer t\x01user=max\x01\x01"sv,
                             "USER=max\x01"
                             "auth=Bearer t\x01\x01"sv,
                             "user=max\x01"
                             "auth=Bearer t\x01"
                             "=x\x01\x01"sv,
                             "user=max\x01"
                             "auth=Bearer t\x01k1=x\x01\x01"sv,
                             "user=max\x01"
                             "auth=Bearer t\x01key\x01\x01"sv,
                             "user=max\x01"
                             "auth=Bearer \xE4\x01\x01"sv,
                             "user=m\0x\x01"
                             "auth=Bearer t\x01\x01"sv,
                             "user=m\x7Fx\x01"
                             "auth=Bearer t\x01\x01"sv})
    CHECK(is(sasl::parse_xoauth2(message), sasl::fault::malformed));
}

TEST_CASE("no key twice: the backend must not let in another than we route") {
  CHECK(is(sasl::parse_xoauth2("user=max\x01user=boss\x01"
                               "auth=Bearer t\x01\x01"),
           sasl::fault::malformed));
  CHECK(is(sasl::parse_xoauth2("user=max\x01USER=boss\x01"
                               "auth=Bearer t\x01\x01"),
           sasl::fault::malformed));
  CHECK(is(sasl::parse_xoauth2("user=max\x01"
                               "auth=Bearer t\x01"
                               "Auth=Bearer u\x01\x01"),
           sasl::fault::malformed));
}

TEST_CASE("a token for nobody is as wrong as a wrong password") {
  CHECK(is(sasl::parse_xoauth2("user=\x01"
                               "auth=Bearer t\x01\x01"),
           sasl::fault::refused));
  CHECK(is(sasl::parse_xoauth2("user=ma\tx\x01"
                               "auth=Bearer t\x01\x01"),
           sasl::fault::refused));
}
