#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Arguments of commands, taken off the front of a whole frame (literals inline), and written.
namespace stellwerk::imap {

/// Takes one blank.
[[nodiscard]] bool take_space(std::string_view& input);

/// Takes a name or password: atom, quoted string or literal (RFC 3501 `astring`). Looser than
/// the grammar where nothing becomes ambiguous, since users chose these octets long ago: atoms
/// may hold `%`, `*`, `\`, `]` and octets above 127, quoted strings any octet but CR, LF, NUL.
[[nodiscard]] std::optional<std::string> take_astring(std::string_view& input);

/// Takes a quoted string or literal.
[[nodiscard]] std::optional<std::string> take_string(std::string_view& input);

using id_fields = std::vector<std::pair<std::string, std::string>>;

/// Takes what follows `ID ` (RFC 2971): `NIL` or a list of at most 30 pairs. A NIL value is
/// empty.
[[nodiscard]] std::optional<id_fields> take_id(std::string_view& input);

/// The tag of a command, and the rest behind its blank; nothing if the tag is not one.
[[nodiscard]] std::optional<std::string_view> take_tag(std::string_view& input);

/// Takes octets up to the next blank or the end, and that blank.
[[nodiscard]] std::string_view take_word(std::string_view& input);

/// Can a quoted string carry these octets to any server: 0x20 to 0x7E only?
[[nodiscard]] bool may_be_quoted(std::string_view octets);

/// The octets as a quoted string.
[[nodiscard]] std::string quoted(std::string_view octets);

} // namespace stellwerk::imap
