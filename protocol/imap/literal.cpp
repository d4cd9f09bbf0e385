#include "protocol/imap/literal.hpp"

#include "protocol/base/ascii.hpp"

namespace stellwerk::imap {
namespace {

struct announcement {
  std::string_view digits;
  bool opened = false; // Is there a `{` in front of the digits?
  bool synchronising = true;
};

std::optional<announcement> find_announcement(std::string_view line) {
  announcement found;
  if (!line.ends_with('}'))
    return std::nullopt;
  line.remove_suffix(1);
  if (line.ends_with('+')) {
    found.synchronising = false;
    line.remove_suffix(1);
  }
  std::size_t digits = 0;
  while (digits < line.size() && is_digit(line[line.size() - 1 - digits]))
    ++digits;
  if (digits == 0)
    return std::nullopt;
  found.digits = line.substr(line.size() - digits);
  line.remove_suffix(digits);
  found.opened = line.ends_with('{');
  if (!found.opened && !line.empty())
    return std::nullopt;
  return found;
}

// number64 = 1*DIGIT, at most 2^63-1 (RFC 9051 section 9)
std::optional<std::uint64_t> value_of(std::string_view digits) {
  constexpr std::uint64_t limit = (std::uint64_t{1} << 63U) - 1;
  std::uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (limit - digit) / 10)
      return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

} // namespace

std::optional<literal> announced_literal(std::string_view line) {
  const auto found = find_announcement(line);
  if (!found || !found->opened)
    return std::nullopt;
  const auto octets = value_of(found->digits);
  if (!octets)
    return std::nullopt;
  return literal{*octets, found->synchronising};
}

bool announces_too_much(std::string_view line) {
  const auto found = find_announcement(line);
  if (!found)
    return false;
  // Without a `{` the number fills all that is known of the line: it began before that.
  return found->opened ? !value_of(found->digits) : found->digits.size() > 20;
}

} // namespace stellwerk::imap
