#include "protocol/smtp/header_collector.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;

namespace {

struct seen {
  header_status status = header_status::need_more;
  std::string fields{};
  std::string octets{};
  std::string rest{};
  bool operator==(const seen&) const = default;
};

seen collect(std::string_view content, std::size_t slice, std::size_t limit = 1000) {
  header_collector collector{limit};
  seen result;
  while (!content.empty()) {
    auto piece = content.substr(0, slice);
    content.remove_prefix(piece.size());
    result.status = collector.take(piece);
    result.rest += piece;
  }
  result.status = collector.finish();
  result.fields = collector.fields();
  result.octets = collector.octets();
  return result;
}

void check_collected(std::string_view content, const seen& expected, std::size_t limit = 1000) {
  for (std::size_t slice = 1; slice <= content.size() + 1; ++slice)
    CHECK_MESSAGE(collect(content, slice, limit) == expected, "slice " << slice);
}

} // namespace

TEST_CASE("the header ends with the first empty line, the rest is left") {
  check_collected("A: b\r\nC: d\r\n\r\nbody\r\n\r\nmore\r\n",
                  {header_status::complete, "A: b\r\nC: d\r\n", "A: b\r\nC: d\r\n\r\n",
                   "body\r\n\r\nmore\r\n"});
}

TEST_CASE("content may have no header, no body, or nothing") {
  check_collected("\r\nbody\r\n", {header_status::complete, "", "\r\n", "body\r\n"});
  check_collected("A: b\r\n", {header_status::complete, "A: b\r\n", "A: b\r\n", ""});
  check_collected("", {header_status::complete, "", "", ""});
}

TEST_CASE("a line that is no field does not end the header") {
  check_collected("no field\r\nFrom: x\r\n\r\nbody\r\n",
                  {header_status::complete, "no field\r\nFrom: x\r\n",
                   "no field\r\nFrom: x\r\n\r\n", "body\r\n"});
  check_collected(
      "A: b\r\n \r\nC: d\r\n\r\n",
      {header_status::complete, "A: b\r\n \r\nC: d\r\n", "A: b\r\n \r\nC: d\r\n\r\n", ""});
}

TEST_CASE("the limit counts the empty line and is held exactly") {
  check_collected("A: b\r\n\r\nbody",
                  {header_status::complete, "A: b\r\n", "A: b\r\n\r\n", "body"}, 8);
  check_collected("A: b\r\n\r\nbody",
                  {header_status::too_long, "A: b\r\n\r", "A: b\r\n\r", "\nbody"}, 7);
}

TEST_CASE("memory is given back") {
  header_collector collector{100};
  std::string_view content = "A: b\r\n\r\n";
  CHECK(collector.take(content) == header_status::complete);
  collector.release();
  CHECK(collector.octets().empty());
  CHECK(collector.fields().empty());
}
