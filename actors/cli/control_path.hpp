#pragma once

#include "config/diagnostic.hpp"

#include <filesystem>
#include <optional>

namespace stellwerk::cli {

/// Where the running proxy listens, as far as stellwerk.yaml tells; its problems go to `found`.
///
/// A file with problems must not keep the operator from the proxy that runs: what can be read
/// counts, and in a file that is no YAML at all the lines `control:` and `state_dir:`. Nothing
/// if the file can't be read.
[[nodiscard]] std::optional<std::filesystem::path>
find_control(const std::filesystem::path& stellwerk_yaml, diagnostics& found);

} // namespace stellwerk::cli
