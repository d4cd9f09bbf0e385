#include "protocol/sasl/oauthbearer.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::string_view_literals;

namespace {

bool is(const sasl::reading& read, sasl::fault wanted) {
  const auto* found = std::get_if<sasl::fault>(&read);
  return found != nullptr && *found == wanted;
}

} // namespace

TEST_CASE("OAUTHBEARER gives the authzid, and the whole message for replay") {
  // RFC 7628 section 4.1
  const auto message = "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
                       "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"sv;
  const auto read = sasl::parse_oauthbearer(message);
  REQUIRE(std::holds_alternative<sasl::credentials>(read));
  const auto& login = std::get<sasl::credentials>(read);
  CHECK(login.authcid == "user@example.com");
  CHECK(login.password.view() == message);
  CHECK(login.mech == sasl::mechanism::oauthbearer);
  CHECK(sasl::oauthbearer_message(message, login.authcid).view() == message);
}

TEST_CASE("comma and equals sign are escaped in the authzid") {
  const auto message = "y,a=m=2Cx=3Dy,\x01"
                       "auth=Bearer t\x01\x01"sv;
  const auto read = sasl::parse_oauthbearer(message);
  REQUIRE(std::holds_alternative<sasl::credentials>(read));
  CHECK(std::get<sasl::credentials>(read).authcid == "m,x=y");
  CHECK(sasl::oauthbearer_message(message, "m,x=y").view() == message);
  CHECK(sasl::oauthbearer_message(message, "a=b").view()
        == "y,a=a=3Db,\x01"
           "auth=Bearer t\x01\x01"sv);
}

TEST_CASE("a token for nobody, or for two, is as wrong as a wrong password") {
  for (const auto message : {"n,,\x01"
                             "auth=Bearer t\x01\x01"sv,
                             "n,a=,\x01"
                             "auth=Bearer t\x01\x01"sv,
                             "n,a=m\tx,\x01"
                             "auth=Bearer t\x01\x01"sv,
                             "n,a=m\x01x,\x01"
                             "auth=Bearer t\x01\x01"sv,
                             "n,a=max,\x01user=boss\x01"
                             "auth=Bearer t\x01\x01"sv})
    CHECK(is(sasl::parse_oauthbearer(message), sasl::fault::refused));
}

TEST_CASE("what is not the message of OAUTHBEARER") {
  for (const auto message :
       {""sv, "\x01"sv, "n"sv, "n,"sv, "n,,"sv, "n,a=max"sv, "n,a=max,"sv, "n,a=max,\x01"sv,
        "n,a=max,\x01\x01"sv, "n,a=max,auth=Bearer t\x01\x01"sv,
        "n,b=max,\x01"
        "auth=Bearer t\x01\x01"sv,
        "a=max,\x01"
        "auth=Bearer t\x01\x01"sv,
        "p=tls-unique,a=max,\x01"
        "auth=Bearer t\x01\x01"sv,
        "n,a=m=2cx,\x01"
        "auth=Bearer t\x01\x01"sv,
        "n,a=m=,\x01"
        "auth=Bearer t\x01\x01"sv,
        "n,a=max,a=boss,\x01"
        "auth=Bearer t\x01\x01"sv,
        "n,a=max,\x01"
        "auth=Bearer t\x01"sv,
        "n,a=max,\x01"
        "auth=Bearer t\x01"
        "auth=Bearer u\x01\x01"sv})
    CHECK(is(sasl::parse_oauthbearer(message), sasl::fault::malformed));
}
