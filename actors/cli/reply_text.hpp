#pragma once

#include "actors/cli/control_client.hpp"

#include <string>
#include <string_view>

/// The proxy's replies as a person reads them; one function per command, in files of their own.
/// A member that a reply lacks is left out of the text.
namespace stellwerk::cli {

/// README.md of this folder lists the members.
[[nodiscard]] std::string status_text(const json& reply);
[[nodiscard]] std::string sessions_text(const json& reply);
[[nodiscard]] std::string reload_text(const json& reply);
/// Of `switch` and `reverse`.
[[nodiscard]] std::string move_text(const json& reply);
/// Of `phase` and `cancel`.
[[nodiscard]] std::string phase_text(const json& reply);
[[nodiscard]] std::string history_text(const json& reply);
[[nodiscard]] std::string kick_text(const json& reply);
[[nodiscard]] std::string drain_text(const json& reply);

/// A refusal: all problems, one a line, and how many; else the reason and the advice.
/// `consequence`: what holds now, as in "nothing was started".
[[nodiscard]] std::string error_text(const json& error, std::string_view consequence);

/// `file:line:column: key: message` of one problem.
[[nodiscard]] std::string problem_text(const json& problem);

/// A member as text without control characters: strings as they are or escaped as in the log,
/// numbers and truths as JSON, lists with commas; empty if it is missing or null.
[[nodiscard]] std::string member_text(const json& object, std::string_view name);

/// An array member; empty if it is missing or something else.
[[nodiscard]] const json& list_of(const json& object, std::string_view name);

/// "1 session", "2 sessions".
[[nodiscard]] std::string counted(std::int64_t number, std::string_view what);

/// A line "warning: ..." for each of the reply's `warnings`.
[[nodiscard]] std::string warnings_text(const json& reply);

} // namespace stellwerk::cli
