#include "protocol/smtp/loop_mark.hpp"

#include "protocol/base/ascii.hpp"

namespace stellwerk::smtp {

std::string mark_word(std::string_view text, std::size_t max_octets) {
  auto word = to_lower(text.substr(0, max_octets));
  for (auto& c : word)
    if (!is_alpha(c) && !is_digit(c) && c != '.' && c != '-')
      c = '_';
  return word.empty() ? "_" : word;
}

} // namespace stellwerk::smtp
