#pragma once

#include "actors/cli/exit_code.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace stellwerk::cli {

enum class command : std::uint8_t { serve, check, reload, status, sessions, kick, drain };

/// A command line that made sense.
struct arguments {
  command what = command::serve;
  std::string config_file = "stellwerk.yaml"; ///< -c
  bool json = false;                          ///< --json
  bool allow_removals = false;                ///< reload --allow-removals
  std::string domain;                         ///< status DOMAIN; empty: all
  std::string who;                            ///< kick LOGIN|DOMAIN
};

/// Either `to_run`, or a text (help, version, or what is wrong) and the exit code for it:
/// `done` means the text was asked for and goes to stdout, `usage` that it goes to stderr.
struct parsed_arguments {
  std::optional<arguments> to_run;
  std::string text;
  exit_code code = exit_code::done;
};

/// Options stand before or after the command.
[[nodiscard]] parsed_arguments parse_arguments(int argc, const char* const* argv);

} // namespace stellwerk::cli
