#include "protocol/logs/log_time.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace stellwerk::logs {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr int first_year = 1970;

/// Exactly so many digits, as a number.
std::optional<int> take_number(cursor& at, int digits) {
  int number = 0;
  for (int i = 0; i < digits; ++i) {
    const char c = at.peek();
    if (!is_digit(c) || !at.take(c))
      return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::optional<int> take_number(cursor& at, int digits, int most) {
  const auto number = take_number(at, digits);
  return number && *number <= most ? number : std::nullopt;
}

chrono::milliseconds take_fraction(cursor& at) {
  auto behind = at;
  if ((!behind.take('.') && !behind.take(',')) || !is_digit(behind.peek()))
    return chrono::milliseconds{0};
  const auto digits = behind.take_while(is_digit);
  at = behind;
  int thousandths = 0;
  for (std::size_t i = 0; i < 3; ++i)
    thousandths = thousandths * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return chrono::milliseconds{thousandths};
}

std::optional<chrono::milliseconds> take_time_of_day(cursor& at) {
  const auto hour = take_number(at, 2, 23);
  if (!hour || !at.take(':'))
    return std::nullopt;
  const auto minute = take_number(at, 2, 59);
  if (!minute || !at.take(':'))
    return std::nullopt;
  const auto second = take_number(at, 2, 60);
  if (!second)
    return std::nullopt;
  const auto fraction = take_fraction(at);
  return chrono::hours{*hour} + chrono::minutes{*minute}
         + chrono::seconds{std::min(*second, 59)} // A leap second has no number of its own.
         + fraction;
}

/// False: there is something like one that is none.
bool take_zone(cursor& at, std::optional<chrono::minutes>& into) {
  if (at.take('Z')) {
    into = chrono::minutes{0};
    return true;
  }
  const bool is_west = at.peek() == '-';
  if (!at.take('+') && !at.take('-'))
    return true;
  const auto hours = take_number(at, 2, 23);
  if (!hours)
    return false;
  static_cast<void>(at.take(':'));
  const auto minutes = take_number(at, 2, 59);
  if (!minutes)
    return false;
  const auto east = chrono::hours{*hours} + chrono::minutes{*minutes};
  into = is_west ? -east : east;
  return true;
}

std::optional<log_time> take_with_year(cursor& at) {
  const auto year = take_number(at, 4);
  if (!year || *year < first_year || !at.take('-'))
    return std::nullopt;
  const auto month = take_number(at, 2, 12);
  if (!month || !at.take('-'))
    return std::nullopt;
  const auto day = take_number(at, 2, 31);
  if (!day || (!at.take('T') && !at.take(' ')))
    return std::nullopt;
  const auto of_day = take_time_of_day(at);
  log_time written{.year = chrono::year{*year},
                   .month = chrono::month{static_cast<unsigned>(*month)},
                   .day = chrono::day{static_cast<unsigned>(*day)},
                   .of_day = of_day.value_or(chrono::milliseconds{0}),
                   .zone = {}};
  if (!of_day || !take_zone(at, written.zone))
    return std::nullopt;
  return written;
}

std::optional<log_time> take_without_year(cursor& at) {
  const auto found = std::find(months.begin(), months.end(), at.rest().substr(0, 3));
  if (found == months.end())
    return std::nullopt;
  static_cast<void>(at.take_while(is_alpha));
  if (!at.take(' '))
    return std::nullopt;
  const auto day = at.take(' ') ? take_number(at, 1) : take_number(at, 2, 31);
  if (!day || !at.take(' '))
    return std::nullopt;
  const auto of_day = take_time_of_day(at);
  if (!of_day)
    return std::nullopt;
  return log_time{.year = {},
                  .month = chrono::month{static_cast<unsigned>(found - months.begin()) + 1},
                  .day = chrono::day{static_cast<unsigned>(*day)},
                  .of_day = *of_day,
                  .zone = {}};
}

} // namespace

std::optional<log_time> take_log_time(cursor& at) {
  return is_digit(at.peek()) ? take_with_year(at) : take_without_year(at);
}

std::optional<time_point> moment_of(const log_time& written, time_point now,
                                    const time_zone& local) {
  const auto in = [&](chrono::year year) -> std::optional<time_point> {
    const chrono::year_month_day date{year, written.month, written.day};
    if (!date.ok())
      return std::nullopt;
    if (written.zone)
      return chrono::sys_days{date} + written.of_day - *written.zone;
    return local(chrono::local_days{date} + written.of_day);
  };
  const auto not_later = [&](std::optional<time_point> moment) {
    return moment && *moment <= now ? moment : std::nullopt;
  };
  if (written.year)
    return not_later(in(*written.year));
  // East of here it may be next year already; a 29th of February is up to eight years back.
  const auto today = chrono::floor<chrono::days>(now);
  const auto latest = chrono::year_month_day{today}.year() + chrono::years{1};
  for (auto year = latest; year > latest - chrono::years{10} && int{year} >= first_year; --year)
    if (const auto moment = not_later(in(year)))
      return moment;
  return std::nullopt;
}

} // namespace stellwerk::logs
