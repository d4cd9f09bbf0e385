#pragma once

#include <string>
#include <string_view>

namespace stellwerk {

/// A field as a record of RFC 4180 holds it: quoted only where it must be.
[[nodiscard]] inline std::string csv_text(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos)
    return std::string{field};
  std::string quoted = "\"";
  for (const char octet : field) {
    if (octet == '"')
      quoted += '"';
    quoted += octet;
  }
  return quoted + '"';
}

} // namespace stellwerk
