#include "protocol/base/punycode.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>
#include <cstddef>
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

constexpr std::uint32_t last_character = 0x10FFFF;
/// Enough to reach the last character in a label of 63.
constexpr std::uint64_t most_delta = std::uint64_t{last_character} * 64;

std::optional<std::uint32_t> digit_of(char c) {
  if (is_digit(c))
    return static_cast<std::uint32_t>(c - '0') + 26;
  if (is_alpha(c))
    return static_cast<std::uint32_t>(to_lower(c) - 'a');
  return std::nullopt;
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

// RFC 3492 section 6.2. Nothing grows past 0x10FFFF, so that 64 bits hold every step.
std::optional<std::u32string> decode_punycode(std::string_view encoded) {
  if (encoded.size() > 63)
    return std::nullopt;
  std::u32string label;
  if (const auto dash = encoded.rfind('-'); dash != std::string_view::npos) {
    for (const char c : encoded.substr(0, dash))
      label += static_cast<unsigned char>(c);
    encoded.remove_prefix(dash + 1);
  }
  std::uint64_t place = 0;
  std::uint32_t next = 0x80;
  std::uint32_t bias = 72;
  while (!encoded.empty()) {
    const auto before = place;
    std::uint64_t weight = 1;
    for (std::uint32_t k = 36;; k += 36) {
      if (encoded.empty())
        return std::nullopt;
      const auto digit = digit_of(encoded.front());
      encoded.remove_prefix(1);
      if (!digit)
        return std::nullopt;
      place += *digit * weight;
      if (place > most_delta)
        return std::nullopt;
      const std::uint32_t threshold = k <= bias ? 1 : std::min(k - bias, 26U);
      if (*digit < threshold)
        break;
      weight *= 36 - threshold;
      if (weight > most_delta)
        return std::nullopt;
    }
    const auto points = static_cast<std::uint32_t>(label.size()) + 1;
    bias = adapt(static_cast<std::uint32_t>(place - before), points, before == 0);
    if (place / points > last_character - next)
      return std::nullopt;
    next += static_cast<std::uint32_t>(place / points);
    place %= points;
    if (next >= 0xD800 && next < 0xE000)
      return std::nullopt;
    label.insert(label.begin() + static_cast<std::ptrdiff_t>(place), next);
    ++place;
  }
  return label;
}

} // namespace stellwerk
