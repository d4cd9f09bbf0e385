#include "protocol/smtp/address_literal.hpp"

#include "protocol/base/cursor.hpp"

#include <algorithm>

namespace stellwerk::smtp {
namespace {

// Snum = 1*3DIGIT, 0 to 255
bool take_snum(cursor& at) {
  const auto digits = at.take_while([](char c) { return is_digit(c); });
  if (digits.empty() || digits.size() > 3)
    return false;
  int value = 0;
  for (const char c : digits)
    value = value * 10 + (c - '0');
  return value <= 255;
}

bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

// How many of the eight groups `text` fills, a dotted tail counting two; nothing gives -1.
int count_groups(std::string_view text, bool may_end_dotted) {
  if (text.empty())
    return 0;
  int groups = 0;
  for (cursor at{text};;) {
    const auto group = at.take_until(':');
    if (at.at_end() && may_end_dotted && is_ipv4(group))
      return groups + 2;
    if (group.empty() || group.size() > 4 || !std::all_of(group.begin(), group.end(), is_hex))
      return -1;
    ++groups;
    if (!at.take(':'))
      return groups;
  }
}

} // namespace

bool is_ipv4(std::string_view text) {
  cursor at{text};
  for (int i = 0; i < 4; ++i)
    if ((i > 0 && !at.take('.')) || !take_snum(at))
      return false;
  return at.at_end();
}

bool is_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  if (gap == std::string_view::npos)
    return count_groups(text, true) == 8;
  const int before = count_groups(text.substr(0, gap), false);
  const int behind = count_groups(text.substr(gap + 2), true);
  return before >= 0 && behind >= 0 && before + behind < 8;
}

bool is_address_literal(std::string_view content) {
  constexpr std::string_view ipv6_tag = "IPv6:";
  if (starts_with_ignoring_case(content, ipv6_tag))
    return is_ipv6(content.substr(ipv6_tag.size()));
  return is_ipv4(content);
}

} // namespace stellwerk::smtp
