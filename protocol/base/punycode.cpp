#include "protocol/base/punycode.hpp"

#include <algorithm>
#include <cstdint>

namespace stellwerk {
namespace {

std::uint32_t adapt(std::uint32_t delta, std::uint32_t points, bool first) {
  delta = first ? delta / 700 : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > 455; k += 36)
    delta /= 35;
  return k + 36 * delta / (delta + 38);
}

} // namespace

// RFC 3492 section 6.3.
std::string encode_punycode(const std::u32string& label) {
  std::string result;
  for (const auto c : label)
    if (c < 0x80)
      result += static_cast<char>(c);
  const auto basic = static_cast<std::uint32_t>(result.size());
  if (basic > 0)
    result += '-';
  std::uint32_t next = 0x80;
  std::uint32_t delta = 0;
  std::uint32_t bias = 72;
  auto handled = basic;
  while (handled < label.size()) {
    std::uint32_t least = 0x110000;
    for (const auto c : label)
      if (c >= next && c < least)
        least = c;
    delta += (least - next) * (handled + 1);
    next = least;
    for (const auto c : label) {
      if (c < next)
        ++delta;
      if (c != next)
        continue;
      auto rest = delta;
      for (std::uint32_t k = 36;; k += 36) {
        const std::uint32_t threshold = k <= bias ? 1 : std::min(k - bias, 26U);
        const std::uint32_t digit
            = rest < threshold ? rest : threshold + (rest - threshold) % (36 - threshold);
        result += static_cast<char>(digit < 26 ? 'a' + digit : '0' + (digit - 26));
        if (rest < threshold)
          break;
        rest = (rest - threshold) / (36 - threshold);
      }
      bias = adapt(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++next;
  }
  return result;
}

} // namespace stellwerk
