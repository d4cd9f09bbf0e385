#include "protocol/smtp/dot_stuffer.hpp"

#include "tests/support/smtp_content.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::support;

namespace {

void check_stuffed(std::string_view content, std::string_view wire) {
  for (std::size_t slice = 1; slice <= content.size() + 1; ++slice)
    CHECK_MESSAGE(stuff(content, slice) == wire, "slice " << slice);
}

} // namespace

TEST_CASE("a dot that begins a line is doubled, no other") {
  check_stuffed("a.b\r\n.c\r\n\r\n..\r\n.", "a.b\r\n..c\r\n\r\n...\r\n..\r\n.\r\n");
  check_stuffed(".\r\n", "..\r\n.\r\n");
  check_stuffed("\r\n.\r\n", "\r\n..\r\n.\r\n");
}

TEST_CASE("the final dot stands on a line of its own") {
  check_stuffed("", ".\r\n");
  check_stuffed("a\r\n", "a\r\n.\r\n");
  check_stuffed("a", "a\r\n.\r\n");
  check_stuffed("a.", "a.\r\n.\r\n");
}

TEST_CASE("empty pieces change nothing") {
  stellwerk::smtp::dot_stuffer stuffer;
  std::string wire;
  stuffer.put("", wire);
  stuffer.put(".a\r\n", wire);
  stuffer.put("", wire);
  stuffer.put(".b", wire);
  stuffer.put("", wire);
  stuffer.finish(wire);
  CHECK(wire == "..a\r\n..b\r\n.\r\n");
}
