#pragma once

#include "actors/cli/exit_code.hpp"

#include <nlohmann/json.hpp>

#include <string>

// How every answer on the control socket is closed.
namespace stellwerk::control {

/// Keeps the order of members.
using json = nlohmann::ordered_json;

/// A reply with its `exit`, as the line that is sent, without its end.
[[nodiscard]] inline std::string finished(json reply, cli::exit_code code) {
  reply["exit"] = static_cast<int>(code);
  // What a client called itself, or a hook printed, need not be UTF-8.
  return reply.dump(-1, ' ', false, json::error_handler_t::replace);
}

[[nodiscard]] inline std::string refusal(json error, cli::exit_code code) {
  return finished({{"error", std::move(error)}}, code);
}

} // namespace stellwerk::control
