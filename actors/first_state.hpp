#pragma once

#include "actors/carried_accounts.hpp"
#include "actors/cli/exit_code.hpp"
#include "actors/cutover/recovery.hpp"
#include "actors/io/file_descriptor.hpp"
#include "actors/state_file.hpp"
#include "actors/world.hpp"

#include <filesystem>
#include <string>

namespace stellwerk {

/// A start that failed: what to tell the operator, and the exit code.
struct start_failure {
  cli::exit_code code;
  std::string text;
};

/// Nobody else serves with that folder while this is open. Throws start_failure (75).
[[nodiscard]] io::file_descriptor lock_state(const std::filesystem::path& state_dir);

/// The world of this start, under the epoch of the last one or the next.
struct first_state {
  world_ptr now;
  lasting_state lasting;
  recovery recovered;
  carried_accounts::records carried;
};

/// Reads the state folder, which is locked, and ends what the last process left half done; the
/// epoch is written before anything serves. Throws start_failure (75). Blocks.
[[nodiscard]] first_state begin_state(const world_ptr& loaded);

} // namespace stellwerk
