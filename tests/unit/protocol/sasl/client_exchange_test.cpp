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
