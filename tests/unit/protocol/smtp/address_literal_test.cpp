#include "protocol/smtp/address_literal.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;

TEST_CASE("IPv4 has four numbers up to 255") {
  CHECK(is_ipv4("0.0.0.0"));
  CHECK(is_ipv4("255.255.255.255"));
  CHECK_FALSE(is_ipv4("1.2.3"));
  CHECK_FALSE(is_ipv4("1.2.3.4.5"));
  CHECK_FALSE(is_ipv4("1.2.3."));
  CHECK_FALSE(is_ipv4("1.2.3.0004"));
  CHECK_FALSE(is_ipv4("1..2.3"));
  CHECK_FALSE(is_ipv4(""));
}

TEST_CASE("IPv6 has eight groups, or fewer around one gap") {
  for (const auto* good :
       {"1:2:3:4:5:6:7:8", "::", "::1", "1::", "1:2:3::8", "::ffff:192.0.2.1",
        "1:2:3:4:5:6:192.0.2.1", "ABCD:ef01::", "1:2:3:4:5:6:7::"})
    CHECK_MESSAGE(is_ipv6(good), good);
  for (const auto* bad : {"", ":", "1", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                          "1:2:3:4::5:6:7:8", "12345::", "g::", "1:", ":1",
                          "192.0.2.1::", "1:2:3:4:5:6:7:192.0.2.1", "::192.0.2.256", "1:::2"})
    CHECK_MESSAGE(!is_ipv6(bad), bad);
}

TEST_CASE("an IPv6 literal has its tag, and there is no other") {
  CHECK(is_address_literal("192.0.2.1"));
  CHECK(is_address_literal("ipv6:::1"));
  CHECK_FALSE(is_address_literal("2001:db8::1"));
  CHECK_FALSE(is_address_literal("IPv6:192.0.2.1"));
  CHECK_FALSE(is_address_literal("tag:x"));
  CHECK_FALSE(is_address_literal(""));
}
