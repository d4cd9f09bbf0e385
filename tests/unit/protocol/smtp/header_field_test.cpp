#include "protocol/smtp/header_field.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace stellwerk::smtp;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

pairs all_fields(std::string_view header) {
  pairs result;
  while (const auto field = take_field(header))
    result.emplace_back(field->name, field->body);
  CHECK(header.empty());
  return result;
}

} // namespace

TEST_CASE("fields with folds, in the order of the header") {
  CHECK(all_fields("A: b\r\nFrom: x\r\n\ty\r\n z\r\nC:\r\n")
        == pairs{{"A", " b"}, {"From", " x\r\n\ty\r\n z"}, {"C", ""}});
}

TEST_CASE("blanks before the colon, colons in the body, no last CRLF") {
  CHECK(all_fields("Received \t: a:b\r\nX: y") == pairs{{"Received", " a:b"}, {"X", " y"}});
}

TEST_CASE("what is no field is skipped") {
  CHECK(
      all_fields(" folded: first\r\nno colon\r\nwith blank: x\r\n: nameless\r\n\xC3\xBC: y\r\n"
                 "A: b\r\n\r\nB: c\r\n")
      == pairs{{"A", " b"}, {"B", " c"}});
  CHECK(all_fields("") == pairs{});
}
