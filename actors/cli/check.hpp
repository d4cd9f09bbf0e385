#pragma once

#include "actors/cli/control_client.hpp"
#include "config/diagnostic.hpp"

#include <filesystem>
#include <string>

namespace stellwerk::cli {

/// `{"file","line","column","key","message"}`.
[[nodiscard]] json to_json(const diagnostic& one);

/// The problems, or the warnings, of `found`, as the `problems` and `warnings` of a reply.
[[nodiscard]] json problems_of(const diagnostics& found);
[[nodiscard]] json warnings_of(const diagnostics& found);

/// What `check` prints: `{"problems":[...],"warnings":[...]}`, and `error` if there are
/// problems.
[[nodiscard]] json check_reply(const diagnostics& found);

/// The same for a person: everything found, then what that means. `file` names what was
/// checked.
[[nodiscard]] std::string check_text(const diagnostics& found, const std::string& file);

} // namespace stellwerk::cli
