#include "protocol/sasl/client_exchange.hpp"

#include "protocol/base/base64.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::string_view_literals;

TEST_CASE("PLAIN is one response, whatever mechanism the client used") {
  const sasl::credentials login{"max", secret{"p w\xFC"}, {}, sasl::mechanism::login};
  sasl::client_exchange exchange{sasl::mechanism::plain, login};
  CHECK(exchange.take_response() == encode_base64("\0max\0p w\xFC"sv));
  CHECK_FALSE(exchange.take_response());
}

TEST_CASE("LOGIN is two, and a third question gets nothing") {
  const sasl::credentials login{"max", secret{"p w\xFC"}, {}, sasl::mechanism::plain};
  sasl::client_exchange exchange{sasl::mechanism::login, login};
  CHECK(exchange.take_response() == encode_base64("max"));
  CHECK(exchange.take_response() == encode_base64("p w\xFC"));
  CHECK_FALSE(exchange.take_response());
}

TEST_CASE("a token is one response, as it came but for the name") {
  const auto message = "n,a=max,\x01"
                       "auth=Bearer t\x01\x01"sv;
  const sasl::credentials login{"maxim", secret{message}, {}, sasl::mechanism::oauthbearer};
  sasl::client_exchange exchange{sasl::mechanism::oauthbearer, login};
  CHECK_FALSE(exchange.is_complete());
  CHECK(exchange.take_response()
        == encode_base64("n,a=maxim,\x01"
                         "auth=Bearer t\x01\x01"));
  CHECK(exchange.is_complete());
  CHECK(exchange.error().empty());
}

TEST_CASE("the error behind a token is kept and gets its answer, once") {
  const auto message = "user=max\x01"
                       "auth=Bearer t\x01\x01"sv;
  const sasl::credentials login{"max", secret{message}, {}, sasl::mechanism::xoauth2};
  sasl::client_exchange google{sasl::mechanism::xoauth2, login};
  CHECK(google.take_response("") == encode_base64(message));
  CHECK(google.take_response("eyJzdGF0dXMiOiI0MDAifQ==") == "");
  CHECK(google.error() == "eyJzdGF0dXMiOiI0MDAifQ==");
  CHECK_FALSE(google.take_response("bW9yZQ=="));
  const sasl::credentials bearer{"max",
                                 secret{"n,a=max,\x01"
                                        "auth=Bearer t\x01\x01"},
                                 {},
                                 sasl::mechanism::oauthbearer};
  sasl::client_exchange rfc{sasl::mechanism::oauthbearer, bearer};
  (void)rfc.take_response();
  CHECK(rfc.take_response("e30=") == "AQ==");
}
