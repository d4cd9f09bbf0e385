#pragma once

#include "protocol/base/cursor.hpp"

#include <chrono>
#include <functional>
#include <optional>

namespace stellwerk::logs {

using time_point
    = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;
/// A time as a clock on the wall shows it; the year is 1970 to 9999.
using wall_time = std::chrono::local_time<std::chrono::milliseconds>;
/// When it was so where the log was written.
using time_zone = std::function<time_point(wall_time)>;

/// The time that a line begins with.
struct log_time {
  std::optional<std::chrono::year> year; ///< Syslog's own format has none.
  std::chrono::month month{1};
  std::chrono::day day{1};
  std::chrono::milliseconds of_day{0};
  std::optional<std::chrono::minutes> zone; ///< East of UTC; none: the log's own.
};

/// `Nov 22 10:01:02` (RFC 3164 section 4.1.2), `2026-11-22T10:01:02+01:00` (RFC 3339), or that
/// with a space between and without a zone; the seconds of all may have a fraction, and are
/// cut to milliseconds. Nothing if it is none of them; the cursor is then anywhere.
[[nodiscard]] std::optional<log_time> take_log_time(cursor& at);

/// The moment. Without a year it is the latest one that is not after `now`. Nothing if there is
/// no such day, or the moment is after `now`.
[[nodiscard]] std::optional<time_point> moment_of(const log_time& written, time_point now,
                                                  const time_zone& local);

} // namespace stellwerk::logs
