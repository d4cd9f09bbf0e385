#pragma once

#include "actors/tls/material.hpp"
#include "config/snapshot.hpp"

#include <filesystem>
#include <optional>

namespace stellwerk::cli {

/// Everything that serve and reload need, or all that is wrong with it.
struct loaded_files {
  std::optional<snapshot> loaded; ///< Only without problems.
  tls::material tls;              ///< Of use with `loaded` only.
  diagnostics found;              ///< Problems and warnings, in the order of the files.
};

/// Loads stellwerk.yaml and every file it names, certificates, keys and authorities included.
/// `serve`, `reload` and `check` all call this, so that they say the same.
[[nodiscard]] loaded_files load_files(const std::filesystem::path& stellwerk_yaml,
                                      tls::time_point now);

} // namespace stellwerk::cli
