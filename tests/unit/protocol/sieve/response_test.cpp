#include "protocol/sieve/response.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::sieve;

TEST_CASE("a response has a word, maybe a code, maybe a text") {
  const auto check = [](std::string_view frame, response::word said, std::string_view code,
                        std::string_view text) {
    CAPTURE(frame);
    const auto parsed = parse_response(frame);
    REQUIRE(parsed);
    CHECK(parsed->said == said);
    CHECK(parsed->code == code);
    CHECK(parsed->text == text);
  };
  check("OK", response::word::ok, "", "");
  check("no \"x\\\"y\"", response::word::no, "", "x\"y");
  check("NO (TRYLATER) \"x\"", response::word::no, "TRYLATER", "x");
  check("BYE (QUOTA/MAXSIZE)", response::word::bye, "QUOTA/MAXSIZE", "");
  check("OK (TAG \"a)b\") {3}\r\nx\"y", response::word::ok, "TAG \"a)b\"", "x\"y");
  check("OK (A (B) C)", response::word::ok, "A (B) C", "");
  CHECK(parse_response("OK (TAG \"x\")")->has_code("tag"));
  CHECK_FALSE(parse_response("OK (TAGS)")->has_code("tag"));
}

TEST_CASE("what is no response") {
  for (const auto* frame : {"", "OKAY", "\"OK\"", "OK x", "OK (", "OK (\"a)", "OK ()x",
                            "OK \"a\" ", "OK \"a", "OK {4}\r\nabc"}) {
    CAPTURE(frame);
    CHECK_FALSE(parse_response(frame));
  }
}

TEST_CASE("a string is quoted where that can carry it, else a literal") {
  CHECK(string_of("a\"b\\c", writer::client) == "\"a\\\"b\\\\c\"");
  CHECK(string_of("a\r\nb", writer::client) == "{4+}\r\na\r\nb");
  CHECK(string_of("\xFC", writer::server) == "{1}\r\n\xFC");
  CHECK(string_of(std::string(1024, 'x'), writer::server).starts_with('"'));
  CHECK(string_of(std::string(1025, 'x'), writer::server).starts_with("{1025}"));
}
