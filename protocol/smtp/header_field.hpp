#pragma once

#include <optional>
#include <string_view>

namespace stellwerk::smtp {

/// One field of a header (RFC 5322 section 2.2). Views into the header.
struct header_field {
  std::string_view name; ///< As written, without colon and blanks. Compare ignoring case.
  std::string_view body; ///< Behind the colon, folds included, last CRLF not.
};

/// Takes the next field off the front of `fields`, skipping lines that are no field. Blanks
/// before the colon are allowed (RFC 5322 section 4.5). Nothing when no field is left.
[[nodiscard]] std::optional<header_field> take_field(std::string_view& fields);

} // namespace stellwerk::smtp
