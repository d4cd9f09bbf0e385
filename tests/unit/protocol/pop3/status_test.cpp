#include "protocol/pop3/status.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::pop3;

TEST_CASE("an answer has a sign, maybe a code, maybe a text") {
  const auto check
      = [](std::string_view line, sign wanted, std::string_view code, std::string_view text) {
          CAPTURE(line);
          const auto parsed = parse_status(line);
          CHECK(parsed.sign == wanted);
          CHECK(parsed.code == code);
          CHECK(parsed.text == text);
        };
  check("+OK", sign::ok, "", "");
  check("+ok Logged in.", sign::ok, "", "Logged in.");
  check("-ERR [AUTH] Wrong.", sign::err, "AUTH", "Wrong.");
  check("-err [SYS/TEMP]", sign::err, "SYS/TEMP", "");
  check("-ERR [never closed", sign::err, "", "[never closed");
  check("-ERR []x", sign::err, "", "x");
  check("+", sign::go_ahead, "", "");
  check("+ [AUTH] x", sign::go_ahead, "", "[AUTH] x");
  check("+OKAY", sign::none, "", "");
  check("", sign::none, "", "");
}

TEST_CASE("which refusals say nothing of the credentials") {
  for (const auto* code : {"SYS/TEMP", "sys/perm", "IN-USE", "LOGIN-DELAY"})
    CHECK(is_temporary(code));
  for (const auto* code : {"", "AUTH", "SYS", "SYS/TEMP x"})
    CHECK_FALSE(is_temporary(code));
}
