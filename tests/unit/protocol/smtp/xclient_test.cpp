#include "protocol/smtp/xclient.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;

namespace {

using lines = std::vector<std::string>;
const std::set<std::string> postfix{"NAME", "ADDR",  "PORT",     "PROTO",
                                    "HELO", "LOGIN", "DESTADDR", "DESTPORT"};

} // namespace

TEST_CASE("XCLIENT hands over what the backend takes") {
  const xclient_attributes client{"192.0.2.1", 40000, "client.example", true};
  CHECK(xclient_lines(client, postfix)
        == lines{"XCLIENT NAME=[UNAVAILABLE] ADDR=192.0.2.1 PORT=40000 PROTO=ESMTP "
                 "HELO=client.example"});
  CHECK(xclient_lines(client, {"ADDR"}) == lines{"XCLIENT ADDR=192.0.2.1"});
  CHECK(xclient_lines(client, {"NAME", "PORT", "HELO"}).empty());
  CHECK(xclient_lines(client, {}).empty());
}

TEST_CASE("IPv6 has its prefix, HELO its own word, what is unknown is said so") {
  CHECK(xclient_lines({"2001:db8::1", 0, "", false}, postfix)
        == lines{"XCLIENT NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 PROTO=SMTP "
                 "HELO=[UNAVAILABLE]"});
}

TEST_CASE("nothing in a HELO becomes an attribute or a line of its own") {
  CHECK(xclient_lines({"192.0.2.1", 0, "a ADDR=127.0.0.1\r\nX+\xFF", true}, {"ADDR", "HELO"})
        == lines{"XCLIENT ADDR=192.0.2.1 HELO=a+20ADDR+3D127.0.0.1+0D+0AX+2B+FF"});
}

TEST_CASE("no XCLIENT line passes 512 octets") {
  for (const std::size_t length : {255U, 400U, 420U, 480U, 496U, 497U, 498U, 499U, 2000U}) {
    const std::string helo(length, 'h');
    const auto result = xclient_lines({"2001:db8::1", 40000, helo, true}, postfix);
    REQUIRE(!result.empty());
    for (const auto& line : result)
      CHECK(line.size() <= 510);
    CHECK((result.back().find("HELO=" + helo) != std::string::npos) == (length <= 497));
  }
  CHECK(xclient_lines({"192.0.2.1", 0, std::string(497, 'h'), true}, {"ADDR"})
        == lines{"XCLIENT ADDR=192.0.2.1"});
}
