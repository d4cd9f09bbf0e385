#include "protocol/logs/log_time.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace stellwerk;
using namespace std::chrono_literals;

namespace {

using std::chrono::sys_days;

constexpr auto day(int year, unsigned month, unsigned of_month) {
  return sys_days{std::chrono::year{year} / static_cast<int>(month)
                  / static_cast<int>(of_month)};
}

const logs::time_point now = day(2026, 11, 23) + 7h;

// A machine one hour east of UTC.
logs::time_point berlin(logs::wall_time at) {
  return logs::time_point{at.time_since_epoch()} - 1h;
}

std::optional<logs::time_point> read(std::string_view text, logs::time_point at = now) {
  cursor from{text};
  const auto written = logs::take_log_time(from);
  if (!written || !from.at_end())
    return std::nullopt;
  return logs::moment_of(*written, at, berlin);
}

} // namespace

TEST_CASE("syslog's times have no year: the last one that is not in the future") {
  CHECK(read("Nov 22 10:01:02") == day(2026, 11, 22) + 9h + 1min + 2s);
  CHECK(read("Nov  2 10:01:02") == day(2026, 11, 2) + 9h + 1min + 2s);
  CHECK(read("Nov 02 10:01:02.5") == day(2026, 11, 2) + 9h + 1min + 2s + 500ms);
  CHECK(read("Nov 23 08:00:00") == now);
  CHECK(read("Nov 23 08:00:01") == day(2025, 11, 23) + 7h + 1s);
  CHECK(read("Dec 31 23:59:60") == day(2025, 12, 31) + 22h + 59min + 59s);
  CHECK(read("Feb 29 12:00:00") == day(2024, 2, 29) + 11h);
  CHECK(read("Jan  1 00:30:00", day(2026, 12, 31) + 23h + 45min)
        == day(2026, 12, 31) + 23h + 30min); // It is 2027 there already.
}

TEST_CASE("RFC 3339, and what Dovecot may be told to write") {
  CHECK(read("2026-11-22T10:01:02.123456+02:00") == day(2026, 11, 22) + 8h + 1min + 2s + 123ms);
  CHECK(read("2026-11-22T10:01:02-0330") == day(2026, 11, 22) + 13h + 31min + 2s);
  CHECK(read("2026-11-22T10:01:02Z") == day(2026, 11, 22) + 10h + 1min + 2s);
  CHECK(read("2026-11-22 10:01:02") == day(2026, 11, 22) + 9h + 1min + 2s);
  CHECK(read("2026-11-22 10:01:02,007") == day(2026, 11, 22) + 9h + 1min + 2s + 7ms);
}

TEST_CASE("what is no time, or none yet, is none") {
  for (const auto* text : {"",
                           "Nov",
                           "Nov 22",
                           "Nov 22 10:01",
                           "Nov 32 10:01:02",
                           "Nov 31 10:01:02",
                           "Nov 0 10:01:02",
                           "Nov  0 10:01:02",
                           "nov 22 10:01:02",
                           "Nov22 10:01:02",
                           "Nov 22 24:01:02",
                           "Nov 22 10:60:02",
                           "Nov 22 10:01:61",
                           "Nov 22 10:01:02.",
                           "2026-11-22T10:01:02+",
                           "2026-11-22",
                           "2026-13-22T10:01:02Z",
                           "2026-02-29T10:01:02Z",
                           "2026-11-24T10:01:02Z",
                           "9999-12-31T23:59:59Z",
                           "1969-12-31T23:59:59Z",
                           "2026-11-22t10:01:02Z"}) {
    CAPTURE(text);
    CHECK(!read(text));
  }
}
