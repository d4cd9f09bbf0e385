#pragma once

#include "protocol/base/ascii.hpp"

#include <string_view>

namespace stellwerk::smtp {

/// An octet of a multi-octet UTF-8 character (RFC 6531 section 3.3 adds these to the classes
/// below; whoever takes them checks that the whole is well-formed).
[[nodiscard]] constexpr bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) > 127;
}

[[nodiscard]] constexpr bool has_octet_beyond_ascii(std::string_view text) {
  for (const char c : text)
    if (is_beyond_ascii(c))
      return true;
  return false;
}

/// RFC 5322 section 3.2.3.
[[nodiscard]] constexpr bool is_atext(char c) {
  constexpr std::string_view signs = "!#$%&'*+-/=?^_`{|}~";
  return is_alpha(c) || is_digit(c) || is_beyond_ascii(c)
         || signs.find(c) != std::string_view::npos;
}

/// From the space on, without DEL.
[[nodiscard]] constexpr bool is_printable(char c) {
  return (c >= ' ' && c != 0x7F) || is_beyond_ascii(c);
}

/// `xchar` of xtext (RFC 3461 section 4): neither `+` nor `=`.
[[nodiscard]] constexpr bool is_xchar(char c) {
  return c > ' ' && c < 0x7F && c != '+' && c != '=';
}

} // namespace stellwerk::smtp
