#include "actors/io/mx_answer.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace stellwerk;
using namespace std::string_literals;

namespace {

io::mx_records parse(const std::string& octets) {
  return io::parse_mx_answer(
      {reinterpret_cast<const unsigned char*>(octets.data()), octets.size()});
}

/// A header that promises `answers`, the question for a.b MX, then them.
std::string answer(char answers, const std::string& records) {
  return "\x12\x34\x81\x80\x00\x01\x00"s + answers + "\x00\x00\x00\x00"s
         + "\x01"s
           "a"
           "\x01"s
           "b"
           "\x00\x00\x0f\x00\x01"s
         + records;
}

std::string mx(char ttl, char preference, const std::string& host) {
  const auto data = "\x00"s + preference + host;
  return "\xc0\x0c\x00\x0f\x00\x01\x00\x00\x00"s + ttl + '\0' + static_cast<char>(data.size())
         + data;
}

} // namespace

TEST_CASE("MX records come by preference, with the lowest TTL") {
  const auto found
      = parse(answer(2, mx(60, 20, "\x01y\xc0\x0c"s) + mx(30, 10, "\x01x\xc0\x0c"s)));
  CHECK(found.hosts == std::vector<std::string>{"x.a.b", "y.a.b"});
  CHECK(found.ttl_seconds == 30);
  CHECK(found.problem.empty());
}

TEST_CASE("a null MX is said as such") {
  CHECK(parse(answer(1, mx(60, 0, "\0"s))).hosts == std::vector<std::string>{"."});
}

TEST_CASE("whatever is broken gives a problem and no overrun") {
  const auto whole = answer(1, mx(60, 10, "\x01x\xc0\x0c"s));
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_FALSE(parse(whole.substr(0, length)).problem.empty());
  // A name that points at itself.
  CHECK_FALSE(parse(answer(1, mx(60, 10, "\xc0\x27"s))).hosts == std::vector<std::string>{"x"});
  CHECK_FALSE(parse(answer(0, "")).problem.empty());
}
