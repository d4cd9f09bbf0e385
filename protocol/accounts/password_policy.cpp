#include "protocol/accounts/password_policy.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/base/utf8.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

// Nothing here copies the password.

std::size_t length_of(std::string_view password) {
  if (!is_utf8(password))
    return password.size();
  const auto continues
      = [](char octet) { return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U; };
  return password.size()
         - static_cast<std::size_t>(std::count_if(password.begin(), password.end(), continues));
}

std::size_t classes_in(std::string_view password) {
  bool small = false;
  bool capital = false;
  bool digit = false;
  bool other = false;
  for (const char octet : password) {
    small = small || (octet >= 'a' && octet <= 'z');
    capital = capital || (octet >= 'A' && octet <= 'Z');
    digit = digit || is_digit(octet);
    other = other || !(is_alpha(octet) || is_digit(octet));
  }
  return std::size_t{small} + std::size_t{capital} + std::size_t{digit} + std::size_t{other};
}

bool holds(std::string_view password, std::string_view part) {
  const auto alike = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return !part.empty()
         && std::search(password.begin(), password.end(), part.begin(), part.end(), alike)
                != password.end();
}

} // namespace

bool password_policy::refuses(std::string_view login, std::string_view password) const {
  return length_of(password) < min_length || classes_in(password) < min_classes
         || (without_login && holds(password, login.substr(0, login.rfind('@'))));
}

} // namespace stellwerk
