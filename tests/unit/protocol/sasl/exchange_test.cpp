#include "protocol/sasl/exchange.hpp"

#include "protocol/base/base64.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::string_view_literals;

namespace {

std::string_view challenge_in(const sasl::step& step) {
  REQUIRE(std::holds_alternative<sasl::challenge>(step));
  return std::get<sasl::challenge>(step).text;
}

void check_login(const sasl::step& step, std::string_view name, std::string_view password) {
  REQUIRE(std::holds_alternative<sasl::credentials>(step));
  const auto& login = std::get<sasl::credentials>(step);
  CHECK(login.authcid == name);
  CHECK(login.password.view() == password);
}

bool is_fault(const sasl::step& step, sasl::fault wanted) {
  const auto* fault = std::get_if<sasl::fault>(&step);
  return fault != nullptr && *fault == wanted;
}

} // namespace

TEST_CASE("PLAIN with an initial response needs no challenge") {
  sasl::exchange exchange{sasl::mechanism::plain};
  check_login(exchange.start(encode_base64("\0max\0secret"sv)), "max", "secret");
}

TEST_CASE("PLAIN without one is asked with an empty challenge") {
  sasl::exchange exchange{sasl::mechanism::plain};
  CHECK(challenge_in(exchange.start(std::nullopt)).empty());
  check_login(exchange.on_line(encode_base64("\0max\0secret"sv)), "max", "secret");
}

TEST_CASE("LOGIN asks for the name, then for the password") {
  sasl::exchange exchange{sasl::mechanism::login};
  CHECK(challenge_in(exchange.start(std::nullopt)) == "VXNlcm5hbWU6");
  CHECK(challenge_in(exchange.on_line(encode_base64("max"))) == "UGFzc3dvcmQ6");
  check_login(exchange.on_line(encode_base64(" \xE4\\\" ")), "max", " \xE4\\\" ");
}

TEST_CASE("LOGIN takes the name as initial response") {
  sasl::exchange exchange{sasl::mechanism::login};
  CHECK(challenge_in(exchange.start(encode_base64("max"))) == "UGFzc3dvcmQ6");
  check_login(exchange.on_line(encode_base64("secret")), "max", "secret");
}

TEST_CASE("an asterisk cancels at every challenge") {
  sasl::exchange plain{sasl::mechanism::plain};
  (void)plain.start(std::nullopt);
  CHECK(is_fault(plain.on_line("*"), sasl::fault::cancelled));
  sasl::exchange login{sasl::mechanism::login};
  (void)login.start(std::nullopt);
  (void)login.on_line(encode_base64("max"));
  CHECK(is_fault(login.on_line("*"), sasl::fault::cancelled));
}

TEST_CASE("malformed answers are faults") {
  for (const auto answer : {"="sv, ""sv, "AG1heA"sv, "AG1h eABz"sv, "!!!!"sv, "AG1heABz\r"sv}) {
    sasl::exchange plain{sasl::mechanism::plain};
    CHECK(is_fault(plain.start(answer), sasl::fault::malformed));
  }
  for (const auto password : {""sv, "se\0cret"sv}) {
    sasl::exchange login{sasl::mechanism::login};
    (void)login.start(encode_base64("max"));
    CHECK(is_fault(login.on_line(encode_base64(password)), sasl::fault::malformed));
  }
  sasl::exchange nameless{sasl::mechanism::login};
  (void)nameless.start("=");
  CHECK(is_fault(nameless.on_line(encode_base64("secret")), sasl::fault::malformed));
}

TEST_CASE("mechanisms are found in any case, `clear` is none") {
  CHECK(sasl::find_mechanism("plain") == sasl::mechanism::plain);
  CHECK(sasl::find_mechanism("LOGIN") == sasl::mechanism::login);
  CHECK_FALSE(sasl::find_mechanism("CRAM-MD5"));
  CHECK_FALSE(sasl::find_mechanism(""));
}
