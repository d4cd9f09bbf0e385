#include "config/units.hpp"

#include "protocol/base/ascii.hpp"

#include <array>

namespace stellwerk {
namespace {

struct unit {
  std::string_view name;
  std::size_t factor;
};

constexpr std::array durations{unit{"ms", 1}, unit{"s", 1000}, unit{"m", 60'000},
                               unit{"h", 3'600'000}};
constexpr std::array sizes{unit{"", 1}, unit{"KiB", 1024}, unit{"MiB", std::size_t{1} << 20U},
                           unit{"GiB", std::size_t{1} << 30U}};
constexpr std::size_t max_digits = 9;

template <std::size_t Count>
std::optional<std::size_t> parse_with_unit(std::string_view text,
                                           const std::array<unit, Count>& units) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits]))
    ++digits;
  const auto number = parse_number(text.substr(0, digits));
  if (!number || digits > max_digits)
    return std::nullopt;
  for (const auto& one : units)
    if (text.substr(digits) == one.name)
      return *number * one.factor;
  return std::nullopt;
}

} // namespace

std::optional<std::size_t> parse_number(std::string_view text) {
  if (text.empty() || text.size() > 18)
    return std::nullopt;
  std::size_t value = 0;
  for (const char c : text) {
    if (!is_digit(c))
      return std::nullopt;
    value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  return value;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = parse_with_unit(text, durations);
  if (!value)
    return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::chrono::milliseconds::rep>(*value)};
}

std::string text_of(std::chrono::milliseconds value) {
  const auto count = static_cast<std::size_t>(value.count());
  auto best = durations.front();
  for (const auto& one : durations)
    if (count > 0 ? count % one.factor == 0 : one.name == "s")
      best = one;
  if (best.name == "m")
    return std::to_string(count / best.factor) + " min";
  return std::to_string(count / best.factor) + ' ' + std::string{best.name};
}

std::optional<std::size_t> parse_octets(std::string_view text) {
  return parse_with_unit(text, sizes);
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-')
    return std::nullopt;
  const auto year = parse_number(text.substr(0, 4));
  const auto month = parse_number(text.substr(5, 2));
  const auto day = parse_number(text.substr(8, 2));
  if (!year || !month || !day)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok())
    return std::nullopt;
  return std::chrono::sys_days{date};
}

} // namespace stellwerk
