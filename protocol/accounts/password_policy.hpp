#pragma once

#include <cstddef>
#include <string_view>

namespace stellwerk {

/// What the new server will ask of passwords. We only report whom it would turn away: the
/// password is looked at while its user logs in, and the answer is yes or no.
struct password_policy {
  std::size_t min_length = 0;  ///< Characters (of UTF-8, else octets), 0 to 256.
  std::size_t min_classes = 0; ///< Of small letters, capitals, digits and all else, 0 to 4.
  bool without_login = false;  ///< The login's local part may not be in it, in whatever case.
  bool operator==(const password_policy&) const = default;

  /// Does it ask for anything at all?
  [[nodiscard]] bool is_set() const { return *this != password_policy{}; }
  [[nodiscard]] bool refuses(std::string_view login, std::string_view password) const;
};

} // namespace stellwerk
