#include "protocol/base/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace stellwerk {
namespace {

// The length of a sequence by its first octet; 0 if none begins so.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first < 0xE0)
    return 2;
  if (first >= 0xE0 && first < 0xF0)
    return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

} // namespace

bool is_utf8(std::string_view octets) {
  while (!octets.empty()) {
    const auto first = static_cast<unsigned char>(octets.front());
    const std::size_t length = sequence_length(first);
    if (length == 0 || octets.size() < length)
      return false;
    std::uint32_t value = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const auto octet = static_cast<unsigned char>(octets[i]);
      if ((octet & 0xC0U) != 0x80U)
        return false;
      value = (value << 6U) | (octet & 0x3FU);
    }
    if ((length == 3 && value < 0x800) || (length == 4 && (value < 0x10000 || value > 0x10FFFF))
        || (value >= 0xD800 && value < 0xE000))
      return false;
    octets.remove_prefix(length);
  }
  return true;
}

} // namespace stellwerk
