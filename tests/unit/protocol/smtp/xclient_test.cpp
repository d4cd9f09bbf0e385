#include "protocol/smtp/xclient.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;

namespace {

const std::set<std::string> postfix{"NAME", "ADDR",  "PORT",     "PROTO",
                                    "HELO", "LOGIN", "DESTADDR", "DESTPORT"};

} // namespace

TEST_CASE("XCLIENT hands over what the backend takes") {
  const xclient_attributes client{"192.0.2.1", 40000,        "client.example",
                                  true,        "192.0.2.25", 587};
  CHECK(xclient_line(client, postfix)
        == "XCLIENT NAME=[TEMPUNAVAIL] ADDR=192.0.2.1 PORT=40000 PROTO=ESMTP "
           "LOGIN=[UNAVAILABLE] DESTADDR=192.0.2.25 DESTPORT=587 HELO=client.example");
  CHECK(xclient_line(client, {"ADDR"}) == "XCLIENT ADDR=192.0.2.1");
  CHECK(xclient_line({"192.0.2.1"}, {"ADDR", "NAME", "REVERSE_NAME"})
        == "XCLIENT NAME=[TEMPUNAVAIL] REVERSE_NAME=[TEMPUNAVAIL] ADDR=192.0.2.1");
  CHECK(xclient_line(client, {"NAME", "PORT", "HELO"}).empty());
  CHECK(xclient_line(client, {}).empty());
}

TEST_CASE("IPv6 has its prefix, HELO its own word, what is unknown is said so") {
  CHECK(xclient_line({"2001:db8::1", 0, "", false}, postfix)
        == "XCLIENT NAME=[TEMPUNAVAIL] ADDR=IPV6:2001:db8::1 PROTO=SMTP "
           "LOGIN=[UNAVAILABLE] HELO=[UNAVAILABLE]");
  CHECK(xclient_line({"192.0.2.1", 0, "", true, "2001:db8::25", 25}, {"ADDR", "DESTADDR"})
        == "XCLIENT ADDR=192.0.2.1 DESTADDR=IPV6:2001:db8::25");
}

TEST_CASE("nothing in a HELO becomes an attribute or a line of its own") {
  CHECK(xclient_line({"192.0.2.1", 0, "a ADDR=127.0.0.1\r\nX+\xFF", true}, {"ADDR", "HELO"})
        == "XCLIENT ADDR=192.0.2.1 HELO=a+20ADDR+3D127.0.0.1+0D+0AX+2B+FF");
}

TEST_CASE("no XCLIENT line passes 512 octets") {
  const xclient_attributes longest{"2001:db8:1111:2222:3333:4444:5555:6666", 40000, "", true,
                                   "2001:db8:1111:2222:3333:4444:5555:7777", 40001};
  auto everything = postfix;
  everything.insert("REVERSE_NAME");
  for (const std::size_t length : {255U, 305U, 306U, 307U, 400U, 2000U}) {
    auto client = longest;
    client.helo.assign(length, 'h');
    const auto line = xclient_line(client, everything);
    CHECK(line.size() <= 510);
    const bool told = line.ends_with("HELO=" + client.helo);
    CHECK(told == (line.size() - (told ? length : 13) + length <= 510));
    CHECK((told || line.ends_with("HELO=[UNAVAILABLE]")));
    CHECK((told || length > 255)); // A name of DNS has room.
  }
}
