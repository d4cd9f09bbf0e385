#include "protocol/accounts/sender_pattern.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {
address_parts parts(std::string_view address) { return split_address(address).value(); }
} // namespace

TEST_CASE("an address is cut at its last @, its quotes undone") {
  CHECK(parts("Max@Example.ORG") == address_parts{"max", "example.org"});
  CHECK(parts("\"max\"@example.org") == address_parts{"max", "example.org"});
  CHECK(parts("\"a\\\"b@c\"@example.org") == address_parts{"a\"b@c", "example.org"});
  CHECK(parts("m\xC3\xBCller@m\xC3\xBCller.example")
        == address_parts{"m\xC3\xBCller", "xn--mller-kva.example"});
  for (const auto* wrong :
       {"", "max", "@example.org", "\"\"@example.org", "max@", "\"max@example.org",
        "\"a\"b\"@example.org", "\"a\\\"@example.org", "m\nx@example.org", "max@exa mple"})
    CHECK_FALSE(split_address(wrong).has_value());
}

TEST_CASE("an owned address allows its details, in one direction") {
  const auto owned = parts("max@example.org");
  CHECK(is_own_address(owned, parts("MAX@EXAMPLE.org")));
  CHECK(is_own_address(owned, parts("max+list@example.org")));
  CHECK(is_own_address(owned, parts("max+a+b@example.org")));
  CHECK_FALSE(is_own_address(owned, parts("maxi@example.org")));
  CHECK_FALSE(is_own_address(owned, parts("ma@example.org")));
  CHECK_FALSE(is_own_address(owned, parts("max@example.net")));
  CHECK_FALSE(is_own_address(parts("max+list@example.org"), parts("max@example.org")));
}

TEST_CASE("a detail that needs quotes is nobody's") {
  const auto owned = parts("max@example.org");
  CHECK(is_own_address(owned, parts("\"max+list\"@example.org")));
  CHECK(is_own_address(owned, parts("max+m\xC3\xBCll.er=x@example.org")));
  for (const auto* wrong :
       {"\"max+ <boss@victim.example>\"@example.org", "\"max+boss@victim.example\"@example.org",
        "\"max+,boss,\"@example.org", "\"max+\\\" x\"@example.org", "\"max+(x)\"@example.org"})
    CHECK_FALSE(is_own_address(owned, parts(wrong)));
  const auto domain = parse_sender_pattern("@example.org").value();
  CHECK(domain.matches(parts("\"max.x\"@example.org")));
  CHECK_FALSE(domain.matches(parts("\"max <boss@victim.example>\"@example.org")));
  const auto written_out = parse_sender_pattern("\"max x\"@example.org").value();
  CHECK(written_out.matches(parts("\"max x\"@example.org")));
}

TEST_CASE("the three forms of a sender") {
  const auto address = parse_sender_pattern("Max@Example.org").value();
  CHECK(address.matches(parts("max@example.org")));
  CHECK(address.matches(parts("max+x@example.org")));
  CHECK_FALSE(address.matches(parts("eve@example.org")));

  const auto domain = parse_sender_pattern("@M\xC3\x9CLLER.example").value();
  CHECK(domain.matches(parts("anyone@xn--mller-kva.example")));
  CHECK_FALSE(domain.matches(parts("anyone@sub.xn--mller-kva.example")));
  CHECK_FALSE(domain.matches(parts("anyone@example.org")));

  CHECK(parse_sender_pattern("*").value().matches(parts("anyone@anywhere.example")));

  for (const auto* wrong : {"", "@", "max", "max@", "*@example.org@", "@exa mple.org", "**"})
    CHECK_FALSE(parse_sender_pattern(wrong).has_value());
}
