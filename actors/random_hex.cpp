#include "actors/random_hex.hpp"

#include <random>
#include <string_view>

namespace stellwerk {

std::string draw_hex(std::size_t digits) {
  constexpr std::string_view all = "0123456789abcdef";
  std::random_device random;
  std::string text;
  while (text.size() < digits)
    text += all[random() % all.size()];
  return text;
}

} // namespace stellwerk
