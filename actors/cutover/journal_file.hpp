#pragma once

#include "protocol/cutover/journal_record.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// `journal.jsonl` in the state folder: one record a line, appended, never changed. All of this
/// blocks.
struct journal_load {
  std::vector<journal_record> records; ///< In the order of the file.
  std::size_t unreadable = 0;          ///< Lines that are none, as a crash may leave one.
  std::string problem;                 ///< Not empty: the file is there and cannot be read.
};
[[nodiscard]] journal_load load_journal(const std::filesystem::path& state_dir);

/// All on disk (fsync) when it returns; each `at` that is empty is filled in. Empty on success,
/// else the reason, and the file is as it was.
[[nodiscard]] std::string append_journal(const std::filesystem::path& state_dir,
                                         std::vector<journal_record> records);

/// A record as the journal's line, without its end; and back.
[[nodiscard]] std::string line_of(const journal_record& record);
[[nodiscard]] std::optional<journal_record> parse_journal_line(std::string_view line);

/// For a new move: 8 hex digits.
[[nodiscard]] std::string draw_move_id();

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::journal_load)
