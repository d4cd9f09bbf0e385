#include "protocol/smtp/header_inspection.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/smtp/received.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;

namespace {

const loop_mark max_on_new{"0123456789abcdef", "new"};
const loop_mark eva_on_new{"fedcba9876543210", "new"};

std::string ours(std::vector<loop_mark> marks, std::string instance = "Mail.Old-1") {
  trace how;
  how.helo = "x";
  how.client_address = "192.0.2.1";
  how.hostname = "mail.old.example";
  how.session = "1";
  how.instance = std::move(instance);
  how.marks = std::move(marks);
  return received_line(how);
}

std::string times(int count, std::string_view text) {
  std::string result;
  while (count-- > 0)
    result += text;
  return result;
}

loop_verdict inspect(std::string_view fields,
                     const std::vector<loop_mark>& marks = {max_on_new}) {
  return inspect_loop(fields, "Mail.Old-1", marks);
}

} // namespace

TEST_CASE("fifty Received lines are a journey, fifty-one a loop") {
  const std::string_view line = "Received: from a by b; Sun, 22 Nov 2026 10:00:00 +0000\r\n";
  CHECK(inspect("") == loop_verdict::no_loop);
  CHECK(inspect(times(50, line)) == loop_verdict::no_loop);
  CHECK(inspect(times(51, line)) == loop_verdict::too_many_hops);
  CHECK(inspect(times(50, line) + "RECEIVED : from a\r\n\tby b\r\n")
        == loop_verdict::too_many_hops);
  CHECK(inspect(times(50, line) + "X-Received: from a\r\nSubject: x\r\n Received: y\r\n")
        == loop_verdict::no_loop);
}

TEST_CASE("the same recipient and backend of our instance may be there twice") {
  CHECK(inspect(times(2, ours({max_on_new}))) == loop_verdict::no_loop);
  CHECK(inspect(times(3, ours({max_on_new}))) == loop_verdict::marked_thrice);
  CHECK(inspect(times(3, ours({eva_on_new, max_on_new, {"11", "queue"}})))
        == loop_verdict::marked_thrice);
  CHECK(inspect(times(3, ours({max_on_new})), {eva_on_new, max_on_new})
        == loop_verdict::marked_thrice);
}

TEST_CASE("another recipient, backend or instance is no loop") {
  CHECK(inspect(times(3, ours({max_on_new})), {eva_on_new}) == loop_verdict::no_loop);
  CHECK(inspect(times(3, ours({max_on_new})), {}) == loop_verdict::no_loop);
  CHECK(inspect(times(3, ours({{max_on_new.recipient_digest, "old"}})))
        == loop_verdict::no_loop);
  CHECK(inspect(times(3, ours({max_on_new}, "Mail.Old-2"))) == loop_verdict::no_loop);
}

TEST_CASE("a mark counts once in each line and only in Received lines") {
  const auto line = ours({max_on_new});
  const auto comment
      = line.substr(line.find("(stellwerk"), line.find(");") + 1 - line.find("(stellwerk"));
  CHECK(inspect("Received: x " + times(9, comment) + "\r\n") == loop_verdict::no_loop);
  CHECK(inspect(times(9, "X-Trace: " + comment + "\r\n")) == loop_verdict::no_loop);
  CHECK(inspect(times(3, "received:" + comment + "\r\n")) == loop_verdict::marked_thrice);
}

TEST_CASE("a mark is found again after others have folded and respelled it") {
  CHECK(inspect(times(3, "Received: by x\r\n (STELLWERK-MARK\r\n\tmail.old-1 \r\n NEW"
                         "\r\n\t0123456789ABCDEF )\r\n"))
        == loop_verdict::marked_thrice);
}

TEST_CASE("the marks of a thousand recipients are found") {
  std::vector<loop_mark> marks;
  for (int i = 0; i < 1000; ++i)
    marks.push_back({"00000000" + std::to_string(10'000'000 + i), "new"});
  CHECK(inspect(times(2, ours(marks)), marks) == loop_verdict::no_loop);
  CHECK(inspect(times(3, ours(marks)), {marks[777]}) == loop_verdict::marked_thrice);
  CHECK(inspect(times(3, ours(marks))) == loop_verdict::no_loop);
}

TEST_CASE("comments without end, or by the thousand, cost little") {
  CHECK(inspect("Received: " + times(20'000, "(stellwerk-mark ") + "\r\n")
        == loop_verdict::no_loop);
  CHECK(inspect("Received: " + times(12'000, "(stellwerk-mark mail.old-1 ") + ")\r\n")
        == loop_verdict::no_loop);
}

TEST_CASE("one mark is enough to know that a message has been there") {
  const auto seen = [](const std::string& fields, const std::vector<loop_mark>& marks) {
    return is_marked(fields, "Mail.Old-1", marks);
  };
  CHECK(seen(ours({max_on_new}), {max_on_new}));
  CHECK(seen(times(3, ours({max_on_new, eva_on_new})), {eva_on_new}));
  CHECK_FALSE(seen(ours({max_on_new}), {eva_on_new}));
  CHECK_FALSE(seen(ours({max_on_new}), {}));
  CHECK_FALSE(seen(ours({max_on_new}, "Mail.Old-2"), {max_on_new}));
  CHECK_FALSE(seen(ours({{max_on_new.recipient_digest, "queue"}}), {max_on_new}));
  CHECK_FALSE(seen("", {max_on_new}));
}
