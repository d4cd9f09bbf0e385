#pragma once

#include "actors/flip_watch.hpp"

#include <filesystem>
#include <string>

namespace stellwerk {

/// `flips.json` in the state folder. Both block. A file that can't be read is as none.
[[nodiscard]] flip_watch::memories load_flips(const std::filesystem::path& state_dir);
/// The reason if it failed, else empty.
[[nodiscard]] std::string save_flips(const std::filesystem::path& state_dir,
                                     const flip_watch::memories& all);

} // namespace stellwerk
