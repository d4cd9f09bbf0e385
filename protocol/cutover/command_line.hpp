#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// A hook's command as words: split at blanks, with the quotes of a shell ('...' keeps every
/// octet; "..." takes \" \\ \$ \` only; a backslash outside quotes keeps the next octet) and
/// nothing else of it: no variables, no patterns, no pipes. Nothing if a quote or a backslash
/// is left open, or if there is no word.
[[nodiscard]] std::optional<std::vector<std::string>> split_command(std::string_view text);

} // namespace stellwerk
