#include "protocol/imap/argument.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::imap;
using namespace std::string_view_literals;

namespace {

void check_astring(std::string_view input, std::string_view octets, std::string_view rest) {
  CHECK(take_astring(input) == octets);
  CHECK(input == rest);
}

} // namespace

TEST_CASE("an astring is an atom, a quoted string or a literal") {
  check_astring("max secret", "max", " secret");
  check_astring("p%a*s]\\\xFC", "p%a*s]\\\xFC", "");
  check_astring(R"("a \"b\" \\ c"d)", R"(a "b" \ c)", "d");
  check_astring("\"\" x", "", " x");
  check_astring("{3}\r\na\r\n rest", "a\r\n", " rest");
  check_astring("{0+}\r\n", "", "");
  check_astring("NIL", "NIL", "");
}

TEST_CASE("what is no astring") {
  for (auto input : {""sv, " a"sv, "(a"sv, "\"a"sv, "\"a\\"sv, "\"\\a\""sv, "\"a\0b\""sv,
                     "{3}\r\nab"sv, "{3}abc"sv, "{1}\r\n\0"sv, "{x}\r\n"sv, "{1} {1}\r\na"sv})
    CHECK_FALSE(take_astring(input));
}

TEST_CASE("ID is NIL or pairs") {
  auto input = R"(("name" "x" "version" nil {2}
ab "y") z)"sv;
  CHECK_FALSE(take_id(input)); // A literal's announcement ends in CRLF.
  input = "(\"name\" \"x\" \"version\" nil {2}\r\nab \"y\") z"sv;
  CHECK(take_id(input) == id_fields{{"name", "x"}, {"version", ""}, {"ab", "y"}});
  CHECK(input == " z");
  for (auto good : {"NIL"sv, "nil"sv, "()"sv})
    CHECK(take_id(good) == id_fields{});
  for (auto bad :
       {""sv, "("sv, "(\"a\")"sv, "(\"a\" \"b\" )"sv, "(name x)"sv, "(\"a\"\"b\")"sv})
    CHECK_FALSE(take_id(bad));
  std::string many = "(";
  for (int i = 0; i < 31; ++i)
    many += i == 0 ? "\"a\" \"b\"" : " \"a\" \"b\"";
  std::string_view all = many += ")";
  CHECK_FALSE(take_id(all));
}

TEST_CASE("a tag has no `+`, no wildcards, and an end") {
  for (auto good : {"a NOOP"sv, "A.1-#]"sv, "1 "sv})
    CHECK(take_tag(good));
  for (auto bad :
       {""sv, " NOOP"sv, "a+ NOOP"sv, "* OK"sv, "+"sv, "a\xFC x"sv, "a%"sv, "\"a\""sv})
    CHECK_FALSE(take_tag(bad));
  const std::string long_tag(101, 'a');
  std::string_view input = long_tag;
  CHECK_FALSE(take_tag(input));
}

TEST_CASE("quoting escapes quotes and backslashes") {
  CHECK(quoted(R"(a"b\c)") == R"("a\"b\\c")");
  CHECK(may_be_quoted("a %\"\\~"));
  for (const auto octets : {"\xFC"sv, "\r"sv, "\0"sv, "\x7F"sv})
    CHECK_FALSE(may_be_quoted(octets));
}
