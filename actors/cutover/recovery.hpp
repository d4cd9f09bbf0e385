#pragma once

#include "config/snapshot.hpp"
#include "protocol/cutover/journal_record.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace stellwerk {

/// A move that a start has completed or taken back, and that stays open until its undo hook has
/// run and the files say how it ended.
struct open_move {
  unfinished_move move;
  journal_record end;       ///< To be written last.
  std::string file_problem; ///< Of routes.yaml; empty: it says where the domain is.
  std::string
      journal_problem; ///< Of `end`, which nothing but the disk kept from being written.
};

/// What a start does about moves that were cut short.
struct recovery {
  std::vector<unfinished_move> found; ///< Completed or taken back.
  std::vector<open_move> open;        ///< Of those; for `recovered_move`.
  std::string problem;                ///< Not empty: the journal cannot be read or written.
  std::vector<std::string> warnings;
};

/// Reads the journal, puts `loaded` and routes.yaml to where each unfinished move belongs, and
/// writes the end of each that is not to stay open. Where routes.yaml cannot be written the
/// phase holds nevertheless. Blocks; before anything serves.
[[nodiscard]] recovery recover_moves(const std::filesystem::path& state_dir, snapshot& loaded);

} // namespace stellwerk
