#include "protocol/smtp/path.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace stellwerk;
using namespace stellwerk::smtp;

namespace {

// The forward-path as it would be sent on, `fault`, or what is left behind it.
std::string forward(std::string_view text) {
  cursor at{text};
  const auto path = take_forward_path(at);
  if (!path)
    return "fault";
  return at.at_end() ? to_string(*path) : "left: " + std::string{at.rest()};
}

std::string reverse(std::string_view text) {
  cursor at{text};
  const auto path = take_reverse_path(at);
  if (!path)
    return "fault";
  return *path ? to_string(**path) : "<>";
}

} // namespace

TEST_CASE("a reverse-path is null or a mailbox") {
  CHECK(reverse("<>") == "<>");
  CHECK(reverse("<a@example.org>") == "a@example.org");
  CHECK(reverse("< >") == "fault");
  CHECK(reverse("<postmaster>") == "fault");
  CHECK(reverse("a@example.org") == "fault");
  CHECK(reverse("") == "fault");
}

TEST_CASE("a forward-path is a mailbox or the postmaster") {
  CHECK(forward("<Max.Muster+x@Example.ORG>") == "Max.Muster+x@Example.ORG");
  CHECK(forward("<PostMaster>") == "PostMaster");
  CHECK(forward("<postmaster@example.org>") == "postmaster@example.org");
  CHECK(forward("<>") == "fault");
  CHECK(forward("<a>") == "fault");
  CHECK(forward("<a@>") == "fault");
  CHECK(forward("<@example.org>") == "fault");
  CHECK(forward("<a@example.org") == "fault");
  CHECK(forward("<a b@example.org>") == "fault");
  CHECK(forward("<a@b@example.org>") == "fault");
  CHECK(forward("<a@example.org>>") == "left: >");
}

TEST_CASE("a source route is read and dropped (RFC 5321 appendix C)") {
  CHECK(forward("<@a.example,@b.example:c@d.example>") == "c@d.example");
  CHECK(forward("<@a.example:c@d.example>") == "c@d.example");
  CHECK(forward("<@a.example,:c@d.example>") == "fault");
  CHECK(forward("<@a.example c@d.example>") == "fault");
  CHECK(forward("<@:c@d.example>") == "fault");
}

TEST_CASE("a quoted local part is kept in its meaning and quoted where it must be") {
  CHECK(forward(R"(<"max"@example.org>)") == "max@example.org");
  CHECK(forward(R"(<"m\ax"@example.org>)") == "max@example.org");
  CHECK(forward(R"(<"a b@c>"@example.org>)") == R"("a b@c>"@example.org)");
  CHECK(forward(R"(<"a\"\\b"@example.org>)") == R"("a\"\\b"@example.org)");
  CHECK(forward(R"(<""@example.org>)") == R"(""@example.org)");
  CHECK(forward(R"(<"a@example.org>)") == "fault");
  CHECK(forward(R"(<"a\)") == "fault");
  CHECK(forward(R"(<"a"b@example.org>)") == "fault");
  CHECK(forward("<\"a\tb\"@example.org>") == "fault");
  CHECK(forward(std::string_view{"<\"a\0b\"@example.org>", 19}) == "fault");
  CHECK(forward("<\"a\x7f\"@example.org>") == "fault");
}

TEST_CASE("dots and underscores that mail in the field has are taken") {
  CHECK(forward("<a..b.@example.org>") == "a..b.@example.org");
  CHECK(forward("<a@my_host.example>") == "a@my_host.example");
  CHECK(forward("<a@localhost>") == "a@localhost");
}

TEST_CASE("domains") {
  CHECK(forward("<a@example.org.>") == "fault");
  CHECK(forward("<a@.example.org>") == "fault");
  CHECK(forward("<a@example..org>") == "fault");
  CHECK(forward("<a@-example.org>") == "fault");
  CHECK(forward("<a@example-.org>") == "fault");
  CHECK(forward("<a@exa mple.org>") == "fault");
  CHECK(forward("<a@" + std::string(63, 'x') + ".org>")
        == "a@" + std::string(63, 'x') + ".org");
  CHECK(forward("<a@" + std::string(64, 'x') + ".org>") == "fault");
}

TEST_CASE("address literals") {
  CHECK(forward("<a@[192.0.2.1]>") == "a@[192.0.2.1]");
  CHECK(forward("<a@[IPv6:2001:db8::1]>") == "a@[IPv6:2001:db8::1]");
  CHECK(forward("<a@[x-tag:any$thing]>") == "fault");
  CHECK(forward("<a@[192.0.2.256]>") == "fault");
  CHECK(forward("<a@[]>") == "fault");
  CHECK(forward("<a@[192.0.2.1>") == "fault");
  CHECK(forward("<a@[192.0.2.1].example>") == "fault");
}

TEST_CASE("UTF-8 must be well-formed (RFC 6531 section 3.3)") {
  CHECK(forward("<jürgen@müller.example>") == "jürgen@müller.example");
  CHECK(forward("<\"jür gen\"@müller.example>") == "\"jür gen\"@müller.example");
  CHECK(forward("<j\xfcrgen@example.org>") == "fault");
  CHECK(forward("<\"j\xc3\"@example.org>") == "fault");
  CHECK(forward("<a@m\xc0\xafller.example>") == "fault");
  CHECK(forward("<\"a\\ü\"@example.org>") == "fault");
}

TEST_CASE("limits") {
  const std::string longest(max_local_octets, 'l');
  CHECK(forward('<' + longest + "@example.org>") == longest + "@example.org");
  CHECK(forward('<' + longest + "l@example.org>") == "fault");
  CHECK(forward("<\"" + longest + "l\"@example.org>") == "fault");
  std::string domain;
  while (domain.size() < 250)
    domain += "abcdefghi.";
  CHECK(forward("<a@" + domain + "abcde>") == "a@" + domain + "abcde");
  CHECK(forward("<a@" + domain + "abcdef>") == "fault");
}

TEST_CASE("equal in meaning, equal as key") {
  CHECK(address{"a", "Example.ORG"}.domain_key() == "example.org");
  CHECK(address{"a", "MÜLLER.example"}.domain_key() == "xn--mller-kva.example");
  CHECK(address{"postmaster", ""}.domain_key() == "");
  CHECK(needs_smtputf8({"jürgen", "example.org"}));
  CHECK(needs_smtputf8({"a", "müller.example"}));
  CHECK_FALSE(needs_smtputf8({"a", "xn--mller-kva.example"}));
}
