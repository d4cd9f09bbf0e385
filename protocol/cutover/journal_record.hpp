#pragma once

#include "protocol/cutover/switch_plan.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// What one line of the journal says.
enum class record_kind : std::uint8_t {
  begin,  ///< A move of a domain was asked for; nothing is touched yet.
  step,   ///< A step begins (`step`).
  flip,   ///< The commit: from here on it is completed, whatever happens.
  output, ///< A line that a hook printed.
  undo,   ///< The way back begins, with the reason.
  done,   ///< It happened. Ends the move.
  undone, ///< Everything is as before. Ends the move.
  phase,  ///< One edge by hand; no move.
};
[[nodiscard]] std::string_view text_of(record_kind value);
[[nodiscard]] std::optional<record_kind> parse_record_kind(std::string_view text);

/// One record of the journal. `at` is RFC 3339, UTC.
struct journal_record {
  std::string at{};
  std::string id{}; ///< Of the move of one domain; empty for `phase`.
  record_kind kind = record_kind::begin;
  std::string domain{}; ///< `domain_key`
  phase from = phase::on_old;
  phase to = phase::on_old;
  std::string step{};    ///< With `step` and `output`.
  std::string by{};      ///< Who asked.
  std::string detail{};  ///< A reason, a line of output, a hook's command.
  std::string undo_by{}; ///< With `begin`: the undo hook, should we not live to run it.
  bool operator==(const journal_record&) const = default;
};

/// A move that was cut short.
struct unfinished_move {
  std::string id;
  std::string domain;
  phase from = phase::on_old;
  phase to = phase::on_old;
  std::string by;
  std::string undo_by;
  /// Its `flip` is written: it is completed. Otherwise it is taken back.
  bool is_committed = false;
  /// It had got past its gates: the domain was, or may have been, held.
  bool was_held = false;

  /// Nobody knows how far its hooks had come.
  [[nodiscard]] bool owes_undo() const { return !is_committed && was_held && !undo_by.empty(); }
  /// Where the domain belongs now.
  [[nodiscard]] phase belongs() const { return is_committed ? to : from; }
};

/// The moves that a journal tells of and that have no end, in the order in which they began.
[[nodiscard]] std::vector<unfinished_move>
unfinished_moves(const std::vector<journal_record>& records);

} // namespace stellwerk
