#include "protocol/proxy_header/crc32c.hpp"

#include <array>

namespace stellwerk::proxy_header {
namespace {

constexpr std::uint32_t polynomial = 0x82F63B78; // Castagnoli's, bits in reverse.

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1U) != 0 ? value >> 1U ^ polynomial : value >> 1U;
    table[i] = value;
  }
  return table;
}

} // namespace

std::uint32_t crc32c(std::string_view octets) {
  static constexpr auto table = make_table();
  std::uint32_t sum = 0xFFFFFFFF;
  for (const char c : octets)
    sum = table[(sum ^ static_cast<unsigned char>(c)) & 0xFFU] ^ sum >> 8U;
  return ~sum;
}

} // namespace stellwerk::proxy_header
