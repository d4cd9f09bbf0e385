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
    CHECK(is_fault(login.on_line(encode_base64(password)), sasl::fault::refused));
  }
  sasl::exchange nameless{sasl::mechanism::login};
  (void)nameless.start("=");
  CHECK(is_fault(nameless.on_line(encode_base64("secret")), sasl::fault::refused));
}

TEST_CASE("a token comes with the first line or behind an empty challenge") {
  const auto message = "n,a=max,\x01"
                       "auth=Bearer t\x01\x01"sv;
  sasl::exchange at_once{sasl::mechanism::oauthbearer};
  check_login(at_once.start(encode_base64(message)), "max", message);
  sasl::exchange asked{sasl::mechanism::xoauth2};
  CHECK(challenge_in(asked.start(std::nullopt)).empty());
  check_login(asked.on_line("dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB"), "max",
              "user=max\x01"
              "auth=Bearer t\x01\x01"sv);
}

TEST_CASE("of a token's message that will not do the client hears by a challenge first") {
  for (const auto mech : {sasl::mechanism::xoauth2, sasl::mechanism::oauthbearer})
    for (const auto last : {"AQ=="sv, ""sv, "*"sv, "!"sv}) {
      sasl::exchange exchange{mech};
      CHECK(decode_base64(challenge_in(exchange.start("=")))
            == R"({"status":"invalid_request"})");
      CHECK(is_fault(exchange.on_line(last), sasl::fault::malformed));
    }
  sasl::exchange nobody{sasl::mechanism::oauthbearer};
  (void)nobody.start(encode_base64("n,,\x01"
                                   "auth=Bearer t\x01\x01"));
  CHECK(is_fault(nobody.on_line("AQ=="), sasl::fault::refused));
  sasl::exchange cancelled{sasl::mechanism::xoauth2};
  (void)cancelled.start(std::nullopt);
  CHECK(is_fault(cancelled.on_line("*"), sasl::fault::cancelled));
}

TEST_CASE("a refused token is told of by an error, the backend's or ours") {
  const auto error = encode_base64(R"({"status":"400","schemes":"bearer"})");
  CHECK(sasl::refusal_challenge(sasl::mechanism::xoauth2, error) == error);
  for (const auto& unfit :
       {std::string{}, std::string{"not Base 64"}, std::string(8196, 'A')}) {
    const auto ours = sasl::refusal_challenge(sasl::mechanism::oauthbearer, unfit);
    REQUIRE(ours);
    CHECK(decode_base64(*ours) == R"({"status":"invalid_token"})");
  }
  CHECK(decode_base64(sasl::refusal_challenge(sasl::mechanism::xoauth2, "").value_or("!"))
        == R"({"status":"401","schemes":"bearer"})");
  CHECK_FALSE(sasl::refusal_challenge(sasl::mechanism::plain, error));
  CHECK_FALSE(sasl::refusal_challenge(sasl::mechanism::clear, error));
}

TEST_CASE("mechanisms are found in any case, `clear` is none") {
  CHECK(sasl::find_mechanism("plain") == sasl::mechanism::plain);
  CHECK(sasl::find_mechanism("LOGIN") == sasl::mechanism::login);
  CHECK(sasl::find_mechanism("xOAuth2") == sasl::mechanism::xoauth2);
  CHECK(sasl::find_mechanism("OAUTHBEARER") == sasl::mechanism::oauthbearer);
  CHECK_FALSE(sasl::find_mechanism("CRAM-MD5"));
  CHECK_FALSE(sasl::find_mechanism(""));
}
