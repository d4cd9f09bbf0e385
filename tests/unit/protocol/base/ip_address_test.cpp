#include "protocol/base/ip_address.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("IPv4") {
  CHECK(parse_ip_address("192.0.2.1") == ip_address{false, {192, 0, 2, 1}});
  CHECK(parse_ip_address("0.0.0.0") == ip_address{});
  for (const auto* wrong : {"", "192.0.2", "192.0.2.", "192.0.2.256", "192.0.2.1.1",
                            "192.0.2.01", "a.b.c.d", "1.2.3.4 ", "-1.2.3.4", "0x1.2.3.4"})
    CHECK_MESSAGE(!parse_ip_address(wrong).has_value(), wrong);
}

TEST_CASE("IPv6") {
  CHECK(parse_ip_address("::") == ip_address{true, {}});
  CHECK(parse_ip_address("2001:DB8::a:1")
        == ip_address{true, {0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 1}});
  CHECK(parse_ip_address("1:2:3:4:5:6:7:8")
        == ip_address{true, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}});
  CHECK(parse_ip_address("1:2:3:4:5:6:7::")
        == ip_address{true, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0}});
  CHECK(parse_ip_address("::ffff:192.0.2.1")
        == ip_address{true, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1}});
  for (const auto* wrong :
       {":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "1:", ":1",
        "g::", "1:2:3:4:5:6:7:8::", "192.0.2.1::", "::1%eth0", "[::1]",
        "1:2:3:4:5:6:7:192.0.2.1", "::192.0.2.1:1", "::1 "})
    CHECK_MESSAGE(!parse_ip_address(wrong).has_value(), wrong);
}

TEST_CASE("an IPv4 address in an IPv6 one is IPv4") {
  const auto plain = parse_ip_address("192.0.2.1").value();
  CHECK(unmapped(parse_ip_address("::ffff:192.0.2.1").value()) == plain);
  CHECK(unmapped(plain) == plain);
  for (const auto* other : {"::192.0.2.1", "::fffe:192.0.2.1", "1::ffff:192.0.2.1", "::1"}) {
    const auto address = parse_ip_address(other).value();
    CHECK_MESSAGE(unmapped(address) == address, other);
  }
}
