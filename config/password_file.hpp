#pragma once

#include "config/diagnostic.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace stellwerk {

/// The first line of a file, which is a password; empty for no file at all. Nothing, with a
/// problem, if it cannot be read or has no such line.
[[nodiscard]] std::optional<std::string> read_password(const std::filesystem::path& file,
                                                       diagnostics& out);

} // namespace stellwerk
