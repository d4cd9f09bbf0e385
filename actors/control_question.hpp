#pragma once

#include "actors/cutover/move_messages.hpp"

#include <optional>
#include <string>
#include <string_view>

// What the control socket is asked: one JSON object on a line (actors/cli/README.md).
namespace stellwerk {

struct control_question {
  std::string command; ///< The CLI's word.
  std::string subject; ///< A domain, or a login.
  bool allow_removals = false;
  bool history = false;      ///< Of `status`: the journal.
  std::optional<phase> to{}; ///< Of `phase`.
  move_order order{};        ///< Of `switch` and `reverse`; its domains as written.
};
/// Nothing if it is none.
[[nodiscard]] std::optional<control_question> parse_question(std::string_view line);

} // namespace stellwerk
