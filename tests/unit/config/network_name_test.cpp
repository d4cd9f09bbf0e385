#include "config/network_name.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace stellwerk;

TEST_CASE("addresses of both families") {
  for (const auto* right : {"0.0.0.0", "192.0.2.25", "255.255.255.255", "::", "::1",
                            "2001:db8::25", "1:2:3:4:5:6:7:8", "1::8", "::ffff:192.0.2.1",
                            "1:2:3:4:5:6:7::", "1:2:3:4:5:6:192.0.2.1", "FE80::a"})
    CHECK_MESSAGE(is_ip_address(right), right);
  for (const auto* wrong : {"",
                            "192.0.2",
                            "192.0.2.256",
                            "192.0.2.1.1",
                            "192.0.2.01",
                            "a.b.c.d",
                            ":",
                            ":::",
                            "1:2:3:4:5:6:7",
                            "1:2:3:4:5:6:7:8:9",
                            "1::2::3",
                            "12345::",
                            "1:",
                            ":1",
                            "g::",
                            "1:2:3:4:5:6:7:8::",
                            "192.0.2.1::",
                            "::1%eth0",
                            "[::1]",
                            "1:2:3:4:5:6:7:192.0.2.1"})
    CHECK_MESSAGE(!is_ip_address(wrong), wrong);
}

TEST_CASE("a place to bind or to connect to") {
  CHECK(parse_endpoint("old.internal:143") == endpoint{"old.internal", 143});
  CHECK(parse_endpoint("0.0.0.0:993") == endpoint{"0.0.0.0", 993});
  CHECK(parse_endpoint("[2001:db8::1]:25") == endpoint{"2001:db8::1", 25});
  CHECK(parse_endpoint("127.0.0.1:0") == endpoint{"127.0.0.1", 0});
  for (const auto* wrong :
       {"", "old.internal", ":25", "old.internal:", "host:65536", "host:-1", "::1:25", "[::1]",
        "[::1", "[192.0.2.1]:25", "192.0.2.300:25", "a b:25", "[::1]x:25"})
    CHECK_MESSAGE(!parse_endpoint(wrong).has_value(), wrong);
  CHECK(text_of(endpoint{"2001:db8::1", 25}) == "[2001:db8::1]:25");
  CHECK(text_of(endpoint{"old.internal", 143}) == "old.internal:143");
}

TEST_CASE("a pin in either spelling") {
  // SHA-256 of nothing.
  const auto hex = parse_key_pin(
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const auto base64 = parse_key_pin("sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  REQUIRE(hex.has_value());
  CHECK(hex == base64);
  CHECK(hex->front() == 0xE3);
  CHECK(hex->back() == 0x55);
  for (const auto* wrong :
       {"", "sha256:", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:e3b0", "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF==",
        "sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="})
    CHECK_MESSAGE(!parse_key_pin(wrong).has_value(), wrong);
}
