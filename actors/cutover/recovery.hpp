#pragma once

#include "config/snapshot.hpp"
#include "protocol/cutover/journal_record.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace stellwerk {

/// What a start does about moves that were cut short.
struct recovery {
  std::vector<unfinished_move> ended; ///< Completed or taken back; their undo hooks are owed.
  std::string problem;                ///< Not empty: the journal cannot be read or written.
  std::vector<std::string> warnings;
};

/// Reads the journal, puts `loaded` and routes.yaml to where each unfinished move belongs, and
/// writes the end of each. Where routes.yaml cannot be written the phase holds nevertheless and
/// the move stays unfinished for the next start. Blocks; before anything serves.
[[nodiscard]] recovery recover_moves(const std::filesystem::path& state_dir, snapshot& loaded);

} // namespace stellwerk
