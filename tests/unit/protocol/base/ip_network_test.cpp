#include "protocol/base/ip_network.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace stellwerk;

namespace {

bool holds(std::string_view network, std::string_view address) {
  return parse_ip_network(network).value().contains(parse_ip_address(address).value());
}

} // namespace

TEST_CASE("what is inside and what is not") {
  CHECK(holds("10.0.0.0/8", "10.255.0.1"));
  CHECK(!holds("10.0.0.0/8", "11.0.0.1"));
  CHECK(holds("10.1.2.3/8", "10.9.9.9"));
  CHECK(holds("192.0.2.128/25", "192.0.2.128"));
  CHECK(!holds("192.0.2.128/25", "192.0.2.127"));
  CHECK(holds("192.0.2.1", "192.0.2.1"));
  CHECK(!holds("192.0.2.1", "192.0.2.0"));
  CHECK(holds("0.0.0.0/0", "255.255.255.255"));
  CHECK(holds("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK(!holds("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(holds("::1", "::1"));
  CHECK(holds("::/0", "ffff::"));
}

TEST_CASE("the families are apart, but for IPv4 inside IPv6") {
  CHECK(!holds("::/0", "10.0.0.1"));
  CHECK(!holds("::/0", "::ffff:10.0.0.1"));
  CHECK(!holds("0.0.0.0/0", "::1"));
  CHECK(holds("10.0.0.0/8", "::ffff:10.0.0.1"));
  CHECK(holds("::ffff:10.0.0.0/104", "10.0.0.1"));
  CHECK(!holds("::ffff:10.0.0.0/104", "11.0.0.1"));
}

TEST_CASE("no networks") {
  for (const auto* wrong :
       {"", "/8", "10/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8",
        "10.0.0.0/ 8", "example.org/8", "::/0000"})
    CHECK_MESSAGE(!parse_ip_network(wrong).has_value(), wrong);
}
