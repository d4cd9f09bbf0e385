#include "protocol/base/base64.hpp"

#include <array>
#include <cstdint>

namespace stellwerk {
namespace {

constexpr std::string_view alphabet
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::uint8_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = i;
  return values;
}();

std::uint8_t digit_value(char c) { return digit_values[static_cast<unsigned char>(c)]; }

} // namespace

std::string encode_base64(std::string_view octets) {
  std::string text;
  text.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    const auto group = octets.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = (bits << 8U) | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      text += i <= group.size() ? alphabet[(bits >> (18 - 6 * i)) & 63U] : '=';
  }
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  std::string octets;
  octets.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    auto group = text.substr(at, 4);
    const bool last = at + 4 == text.size();
    while (last && group.size() > 2 && group.back() == '=')
      group.remove_suffix(1);
    std::uint32_t bits = 0;
    for (const char c : group) {
      if (digit_value(c) == no_digit)
        return std::nullopt;
      bits = (bits << 6U) | digit_value(c);
    }
    const std::size_t whole = group.size() * 6 / 8;
    const std::size_t unused = group.size() * 6 % 8;
    if ((bits & ((1U << unused) - 1U)) != 0)
      return std::nullopt;
    bits >>= unused;
    for (std::size_t i = whole; i-- > 0;)
      octets += static_cast<char>((bits >> (8 * i)) & 255U);
  }
  return octets;
}

} // namespace stellwerk
