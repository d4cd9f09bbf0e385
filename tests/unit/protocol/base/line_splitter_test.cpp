#include "protocol/base/line_splitter.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace stellwerk;

namespace {

struct seen {
  std::vector<std::string> lines;
  line_status end = line_status::need_more;
  bool operator==(const seen&) const = default;
};

seen split(std::string_view input, std::size_t slice, std::size_t limit = 20) {
  line_splitter splitter{limit};
  seen result;
  while (!input.empty()) {
    auto piece = input.substr(0, slice);
    input.remove_prefix(piece.size());
    for (;;) {
      const auto event = splitter.take(piece);
      if (event.status == line_status::line) {
        result.lines.emplace_back(event.text);
        continue;
      }
      result.end = event.status;
      break;
    }
    if (result.end != line_status::need_more)
      return result;
  }
  return result;
}

} // namespace

TEST_CASE("lines end in CRLF, however the input is cut") {
  for (std::size_t slice = 1; slice < 12; ++slice)
    CHECK(split("one\r\n\r\nthree\r\nrest", slice)
          == seen{{"one", "", "three"}, line_status::need_more});
}

TEST_CASE("a lone CR or LF is a fault, never a line end") {
  for (std::size_t slice = 1; slice < 12; ++slice) {
    CHECK(split("one\r\ntwo\nthree\r\n", slice) == seen{{"one"}, line_status::bare_lf});
    CHECK(split("one\r\ntwo\rthree\r\n", slice) == seen{{"one"}, line_status::bare_cr});
    CHECK(split("one\r\r\n", slice) == seen{{}, line_status::bare_cr});
  }
}

TEST_CASE("the limit counts the CRLF") {
  for (std::size_t slice = 1; slice < 30; ++slice) {
    CHECK(split("123456789012345678\r\n", slice)
          == seen{{"123456789012345678"}, line_status::need_more});
    CHECK(split("1234567890123456789\r\n", slice) == seen{{}, line_status::too_long});
  }
}

TEST_CASE("a fault is final") {
  line_splitter splitter{20};
  std::string_view input = "a\nb\r\n";
  CHECK(splitter.take(input).status == line_status::bare_lf);
  input = "c\r\n";
  CHECK(splitter.take(input).status == line_status::bare_lf);
}

TEST_CASE("a line that held a password can be wiped, the next is not touched") {
  line_splitter splitter{40};
  std::string_view input = "PASS secret\r\nNO";
  const auto line = splitter.take(input).text;
  const auto* octets = line.data();
  REQUIRE(line == "PASS secret");
  splitter.wipe_line();
  CHECK(std::string_view{octets, 11} == std::string_view{"\0\0\0\0\0\0\0\0\0\0\0", 11});
  CHECK(splitter.take(input).status == line_status::need_more);
  splitter.wipe_line();
  input = "OP\r\n";
  CHECK(splitter.take(input).text == "NOOP");
}
