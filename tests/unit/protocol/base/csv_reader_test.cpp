#include "protocol/base/csv_reader.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace stellwerk;

namespace {

// `line:column status`, or the fields of a record in brackets.
std::string read(std::string_view input, std::size_t slice, std::size_t limit = 100) {
  csv_reader reader{limit};
  std::string result;
  const auto note = [&](const csv_event& event) {
    if (event.status == csv_status::record) {
      result += '[';
      for (const auto& field : reader.fields())
        result += std::to_string(field.line) + ':' + std::to_string(field.column) + '='
                  + field.text + '|';
      result += ']';
    } else if (event.status != csv_status::need_more) {
      result += '!' + std::to_string(event.line) + ':' + std::to_string(event.column) + ' '
                + std::string{text_of(event.status)} + '!';
    }
  };
  while (!input.empty()) {
    auto piece = input.substr(0, slice);
    input.remove_prefix(piece.size());
    while (!piece.empty())
      note(reader.take(piece));
  }
  note(reader.finish());
  CHECK(reader.finish().status == csv_status::need_more);
  return result;
}

void check(std::string_view input, std::string_view expected, std::size_t limit = 100) {
  for (std::size_t slice = 1; slice < input.size() + 2; ++slice)
    CHECK(read(input, slice, limit) == expected);
}

} // namespace

TEST_CASE("records, fields and where they begin") {
  check("a,b\r\nc,d\r\n", "[1:1=a|1:3=b|][2:1=c|2:3=d|]");
  check("a,b\nc,d", "[1:1=a|1:3=b|][2:1=c|2:3=d|]");
  check("a,,\n,", "[1:1=a|1:3=|1:4=|][2:1=|2:2=|]");
  check("\"a,b\",\"say \"\"hi\"\"\",\"\"\n", "[1:1=a,b|1:7=say \"hi\"|1:20=|]");
  check("m\xC3\xBC,b", "[1:1=m\xC3\xBC|1:4=b|]");
}

TEST_CASE("lines without an octet are no records") {
  check("", "");
  check("\n\r\na\n\n\r\n", "[3:1=a|]");
}

TEST_CASE("a fault spoils its line alone") {
  check("a\"b,c\nd\n", "!1:2 a quote inside a field that does not begin with one![2:1=d|]");
  check("a,\"b\"c,d\ne",
        "!1:6 behind a closing quote only a comma or the line's end may stand![2:1=e|]");
  check("a,\"b,c\nd,e\n", "!1:3 the quote is not closed on its line![2:1=d|2:3=e|]");
  check("a,\"b\r\nd", "!1:3 the quote is not closed on its line![2:1=d|]");
  check("a,\"b", "!1:3 the quote is not closed on its line!");
  check("a\rb\nc", "!1:2 a CR without LF![2:1=c|]");
  check("a\r", "!1:2 a CR without LF!");
  check("\rb\nc", "!1:1 a CR without LF![2:1=c|]");
}

TEST_CASE("the limit is the record's octets, a CR counted") {
  check("123,567890\nab\n", "[1:1=123|1:5=567890|][2:1=ab|]", 10);
  check("123,5678901\nab\n", "!1:1 the line is too long![2:1=ab|]", 10);
  check("123,567890\r\nab\n", "!1:1 the line is too long![2:1=ab|]", 10);
}
