#pragma once

#include "actors/cli/exit_code.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

namespace stellwerk::cli {

/// Keeps the order of members, so that --json reads as the documentation does.
using json = nlohmann::ordered_json;

/// What the running proxy said, or why nothing was heard.
///
/// On the wire: one line with a JSON object each way, UTF-8, LF at the end. The reply's member
/// `exit` is the exit code and is taken out of `reply`. A refusal has the member `error` with
/// `reason`, `advice` and perhaps `problems`.
struct control_answer {
  json reply; ///< An object; without `problem` only.
  exit_code code = exit_code::done;
  std::string problem; ///< Not empty: no usable reply; `code` says why there is none.
};

/// Longest reply that is read.
inline constexpr std::size_t max_reply_octets = 64 * 1024 * 1024;

/// Of a move: `budgets.freeze` may be a day.
inline constexpr std::chrono::hours longest_step{25};

/// What is told before the reply, the member `progress` of each line.
using progress_function = std::function<void(const json&)>;

/// Asks the proxy that listens on `socket`. Waits up to `patience` for each line of the reply:
/// a drain is answered when it is done.
[[nodiscard]] control_answer ask_proxy(const std::filesystem::path& socket, const json& request,
                                       std::chrono::milliseconds patience = longest_step,
                                       const progress_function& on_progress = {});

} // namespace stellwerk::cli
