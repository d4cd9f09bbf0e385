#pragma once

#include "protocol/cutover/phase.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// Which way a domain is moved as one transaction.
enum class direction : std::uint8_t {
  forward, ///< `switch`: old, moving, new.
  back,    ///< `reverse`: new, returning, old.
};

/// The phases of a move: where it begins, where it waits, where it ends.
struct move_phases {
  phase from;
  phase between;
  phase to;
};
[[nodiscard]] move_phases phases_of(direction way);
/// `switch`, `reverse`: the operator's words.
[[nodiscard]] std::string_view text_of(direction way);
[[nodiscard]] std::optional<direction> parse_direction(std::string_view text);

/// What is done one after the other. Each is written to the journal before it takes effect.
enum class switch_step : std::uint8_t {
  gates,       ///< Everything is measured, nothing is touched.
  hold,        ///< The domain enters `between`: logins are parked, mail is held.
  drain,       ///< Waits until nobody is at the side that must be still.
  quiesce,     ///< Hook.
  final_sync,  ///< Hook.
  verify,      ///< Hook.
  before_flip, ///< Hook.
  flip,        ///< The commit: the domain enters `to`.
  release,     ///< The parked go on; it happened.
};
/// `gates`, `hold`, `drain`, `quiesce`, `final_sync`, `verify`, `before_flip`, `flip`,
/// `release`: the words of the journal and of `--json`.
[[nodiscard]] std::string_view text_of(switch_step value);
[[nodiscard]] std::optional<switch_step> parse_switch_step(std::string_view text);

/// What is measured before anything is touched; the words of `--waive`.
inline constexpr std::array<std::string_view, 9> gate_words{
    "backends",   "accounts", "recipients", "mx",  "no_relay",
    "old_relays", "way_back", "passwords",  "idle"};

/// The operator's commands of a move, as written (see `split_command`); empty: none.
struct hook_commands {
  std::string quiesce;
  std::string final_sync;
  std::string verify;
  std::string before_flip;
  std::string undo;
};

/// One step of a plan.
struct planned_step {
  switch_step what = switch_step::gates;
  /// The phase the domain is in once the step is done.
  phase after = phase::on_old;
  /// The hook to run; empty: the step is ours alone.
  std::string command;
  /// A fault or a cancel at this step undoes the move; nothing after `flip` does.
  bool can_be_undone = true;
};

/// What a move does with one domain, in order. Hooks that are not set are no steps.
[[nodiscard]] std::vector<planned_step> plan_of(direction way, const hook_commands& hooks);

} // namespace stellwerk
