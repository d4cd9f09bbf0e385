#pragma once

#include <string>
#include <string_view>

namespace stellwerk {

/// ASCII letters only; octets above 127 are never changed, whatever the locale.
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
[[nodiscard]] constexpr char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_alpha(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

[[nodiscard]] inline std::string to_lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    c = to_lower(c);
  return result;
}

[[nodiscard]] inline std::string to_upper(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    c = to_upper(c);
  return result;
}

/// Equal but for the case of ASCII letters.
[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (to_lower(a[i]) != to_lower(b[i]))
      return false;
  return true;
}

/// Does `text` begin with `prefix`, but for the case of ASCII letters?
[[nodiscard]] constexpr bool starts_with_ignoring_case(std::string_view text,
                                                       std::string_view prefix) {
  return text.size() >= prefix.size()
         && equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

} // namespace stellwerk
