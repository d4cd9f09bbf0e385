#pragma once

#include "config/diagnostic.hpp"
#include "config/schema.hpp"
#include "protocol/cutover/switch_plan.hpp"

#include <filesystem>
#include <string>

namespace stellwerk {

/// Why a hook's command cannot be run in `folder` by this process; empty: it can be tried. What
/// is asked is what execvp will ask: the word with a slash, else each folder of PATH. Blocks.
[[nodiscard]] std::string problem_of_command(const std::string& command,
                                             const std::filesystem::path& folder);
/// The same of every command of a move, with the hook's name; the first problem.
[[nodiscard]] std::string problem_of_commands(const hook_commands& all,
                                              const std::filesystem::path& folder);

/// A warning for each command under `hooks` that cannot be run as things are: it may be
/// installed before it is needed, but nobody wants to learn of it in the night. Blocks.
void judge_hooks(const configuration& settings, diagnostics& out);

} // namespace stellwerk
