#include "actors/tls/server_name.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::tls;
using namespace std::string_literals;

TEST_CASE("a server name comes in lower case without its final dot") {
  const auto found = parse_server_name("\0\x13\0\0\x10Mail.OLD.example"s);
  CHECK_FALSE(found.malformed);
  CHECK(found.host_name == "mail.old.example");
  CHECK(parse_server_name("\0\x06\0\0\x03"
                          "ab."s)
            .host_name
        == "ab");
}

TEST_CASE("what is not exactly one host name is malformed") {
  const auto whole = "\0\x06\0\0\x03"
                     "abc"s;
  REQUIRE_FALSE(parse_server_name(whole).malformed);
  for (std::size_t octets = 0; octets < whole.size(); ++octets)
    CHECK(parse_server_name(whole.substr(0, octets)).malformed);
  CHECK(parse_server_name(whole + "x").malformed);
  CHECK(parse_server_name("\0\x06\x01\0\x03"
                          "abc"s)
            .malformed); // Not a host_name.
  CHECK(parse_server_name("\0\x06\0\0\x03"
                          "a\0c"s)
            .malformed);
  CHECK(parse_server_name("\0\x03\0\0\0"s).malformed);
  CHECK(parse_server_name("\x01\x03\0\x01\0"s + std::string(256, 'a')).malformed);
}

TEST_CASE("a wildcard stands for one whole left-most label (RFC 6125 6.4.3)") {
  CHECK(name_matches("mail.example", "MAIL.example"));
  CHECK(name_matches("*.example.org", "imap.Example.ORG"));
  CHECK_FALSE(name_matches("*.example.org", "example.org"));
  CHECK_FALSE(name_matches("*.example.org", "a.imap.example.org"));
  CHECK_FALSE(name_matches("*.example.org", ".example.org"));
  CHECK_FALSE(name_matches("i*.example.org", "imap.example.org"));
  CHECK_FALSE(name_matches("imap.*.org", "imap.example.org"));
  CHECK_FALSE(name_matches("*", "localhost"));
  CHECK_FALSE(name_matches("", ""));
}
