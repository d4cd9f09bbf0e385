#include "protocol/sasl/plain.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::string_view_literals;

namespace {

bool is(const sasl::reading& read, sasl::fault wanted) {
  const auto* found = std::get_if<sasl::fault>(&read);
  return found != nullptr && *found == wanted;
}

} // namespace

TEST_CASE("a PLAIN message gives name and password byte for byte") {
  const auto read = sasl::parse_plain("\0max@example.org\0 p\"a\\s%s\xFC\r\n "sv);
  REQUIRE(std::holds_alternative<sasl::credentials>(read));
  const auto& login = std::get<sasl::credentials>(read);
  CHECK(login.authcid == "max@example.org");
  CHECK(login.password.view() == " p\"a\\s%s\xFC\r\n ");
  CHECK(login.authzid.empty());
  CHECK(login.mech == sasl::mechanism::plain);
}

TEST_CASE("an authzid must be empty or the authcid itself") {
  CHECK(std::holds_alternative<sasl::credentials>(sasl::parse_plain("max\0max\0secret"sv)));
  CHECK(is(sasl::parse_plain("Max\0max\0secret"sv), sasl::fault::refused));
  CHECK(is(sasl::parse_plain("boss\0max\0secret"sv), sasl::fault::refused));
}

TEST_CASE("what is not the message of PLAIN") {
  for (const auto message :
       {""sv, "max"sv, "\0"sv, "\0max"sv, "\0max\0sec\0ret"sv, "\0max\0secret\0"sv})
    CHECK(is(sasl::parse_plain(message), sasl::fault::malformed));
}

TEST_CASE("what may not be replayed is as wrong as a wrong password") {
  for (const auto message : {"\0max\0"sv, "\0\0secret"sv, "\0\0"sv, "\0ma\nx\0secret"sv,
                             "\0ma\x7Fx\0secret"sv, "\0ma\tx\0secret"sv})
    CHECK(is(sasl::parse_plain(message), sasl::fault::refused));
}

TEST_CASE("what is built is what was parsed") {
  const auto message = "\0m\xFCller\0 x y "sv;
  const auto read = sasl::parse_plain(message);
  REQUIRE(std::holds_alternative<sasl::credentials>(read));
  CHECK(sasl::build_plain(std::get<sasl::credentials>(read)) == message);
}

TEST_CASE("an authzid of our own is sent") {
  const sasl::credentials login{"master", secret{"key"}, "max", sasl::mechanism::plain};
  CHECK(sasl::build_plain(login) == "max\0master\0key"sv);
}
