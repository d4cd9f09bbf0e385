#pragma once

#include "config/diagnostic.hpp"
#include "config/regular_file.hpp"
#include "config/schema.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace stellwerk {

/// The octets of a regular file; nothing, with a problem, if it cannot be read or holds more
/// than `max_octets`.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& file,
                                                   diagnostics& out,
                                                   std::uintmax_t max_octets = 64 * mebibyte);

/// Reads the text of stellwerk.yaml. `file` is the name for messages, its folder is where
/// relative paths start. With problems in `out` the result is as far as it could be read, and
/// serves only to find the other files; nothing if the text is no YAML.
[[nodiscard]] std::optional<configuration>
parse_configuration(const std::string& text, const std::filesystem::path& file,
                    diagnostics& out);

} // namespace stellwerk
