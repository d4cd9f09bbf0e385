#pragma once

#include "actors/cutover/hook_variables.hpp"
#include "actors/world.hpp"

#include <filesystem>
#include <string>

namespace stellwerk {

/// Writes the file that STELLWERK_ACCOUNTS names: the domain's accounts that are not at the
/// target yet, as `login,old_login,new_login`. Empty, or why not. Blocks.
[[nodiscard]] std::string write_accounts(const hook_cause& cause, const world& now,
                                         const std::filesystem::path& state_dir);

} // namespace stellwerk
