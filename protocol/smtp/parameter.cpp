#include "protocol/smtp/parameter.hpp"

#include "protocol/base/utf8.hpp"
#include "protocol/smtp/characters.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace stellwerk::smtp {
namespace {

// hexchar = "+" 2(DIGIT / "A".."F")
bool take_hexchar(cursor& at) {
  const auto is_upper_hex = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); };
  if (!at.take('+'))
    return false;
  for (int i = 0; i < 2; ++i)
    if (const char digit = at.peek(); !is_upper_hex(digit) || !at.take(digit))
      return false;
  return true;
}

} // namespace

std::optional<parameter> take_parameter(cursor& at) {
  if (at.take_while([](char c) { return c == ' ' || c == '\t'; }).empty())
    return std::nullopt;
  parameter result{
      at.take_while([](char c) { return is_alpha(c) || is_digit(c) || c == '-'; })};
  if (result.keyword.empty() || result.keyword.front() == '-')
    return std::nullopt;
  if (at.take('=')) {
    result.value
        = at.take_while([](char c) { return c != ' ' && c != '=' && is_printable(c); });
    if (result.value->empty() || !is_utf8(*result.value))
      return std::nullopt;
  }
  return result;
}

std::optional<std::uint64_t> parse_size(std::string_view value) {
  constexpr std::size_t max_digits = 20;
  if (value.empty() || value.size() > max_digits
      || !std::all_of(value.begin(), value.end(), is_digit))
    return std::nullopt;
  std::uint64_t size = 0;
  const auto result = std::from_chars(value.data(), value.data() + value.size(), size);
  return result.ec == std::errc{} ? size : std::numeric_limits<std::uint64_t>::max();
}

bool is_xtext(std::string_view value) {
  cursor at{value};
  while (!at.at_end())
    if (at.take_while(is_xchar).empty() && !take_hexchar(at))
      return false;
  return true;
}

bool is_notify_value(std::string_view value) {
  if (equals_ignoring_case(value, "NEVER"))
    return true;
  cursor at{value};
  do
    if (const auto word = at.take_until(','); !equals_ignoring_case(word, "SUCCESS")
                                              && !equals_ignoring_case(word, "FAILURE")
                                              && !equals_ignoring_case(word, "DELAY"))
      return false;
  while (at.take(','));
  return true;
}

bool is_orcpt_value(std::string_view value) {
  cursor at{value};
  const auto type = at.take_while([](char c) { return is_atext(c) && !is_beyond_ascii(c); });
  if (type.empty() || !at.take(';') || at.at_end())
    return false;
  return equals_ignoring_case(type, "utf-8") || is_xtext(at.rest());
}

} // namespace stellwerk::smtp
