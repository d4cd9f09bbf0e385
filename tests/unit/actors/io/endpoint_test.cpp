#include "actors/io/endpoint.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using stellwerk::io::endpoint;

TEST_CASE("addresses are parsed and written as people write them") {
  CHECK(endpoint::parse("192.0.2.1", 25)->text() == "192.0.2.1:25");
  CHECK(endpoint::parse("2001:db8:0::1", 993)->text() == "[2001:db8::1]:993");
  CHECK_FALSE(endpoint::parse("mail.example", 25));
  CHECK_FALSE(endpoint::parse("192.0.2.256", 25));
  CHECK(endpoint{}.address() == "unknown");
}

TEST_CASE("a mapped IPv4 address is IPv4") {
  sockaddr_storage storage{};
  const auto mapped = endpoint::parse("::ffff:192.0.2.7", 465);
  std::copy_n(reinterpret_cast<const char*>(mapped->data()), mapped->size(),
              reinterpret_cast<char*>(&storage));
  const auto seen = endpoint::from(storage);
  CHECK(seen.family() == AF_INET);
  CHECK(seen.text() == "192.0.2.7:465");
  CHECK(seen.address_octets() == std::string{"\xc0\x00\x02\x07", 4});
}
