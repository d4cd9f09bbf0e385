#pragma once

#include "actors/cli/exit_code.hpp"

#include "protocol/cutover/switch_plan.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk::cli {

enum class command : std::uint8_t {
  serve,
  check,
  reload,
  status,
  switch_domains,
  reverse,
  cancel,
  phase,
  sessions,
  kick,
  findings,
  import_findings,
  propose_accounts,
  drain
};

/// A command line that made sense.
struct arguments {
  command what = command::serve;
  std::string config_file = "stellwerk.yaml"; ///< -c
  bool json = false;                          ///< --json
  bool allow_removals = false;                ///< reload --allow-removals
  std::string domain;                         ///< status, cancel, phase, findings; empty: all
  bool csv = false;                           ///< findings --csv
  std::vector<std::string> logs;              ///< findings import FILE...
  bool history = false;                       ///< status --history
  std::string who;                            ///< kick LOGIN|DOMAIN
  std::string phase;                          ///< phase DOMAIN PHASE
  std::vector<std::string> domains;           ///< switch, reverse
  bool dry_run = false;                       ///< switch, reverse --dry-run
  hook_commands hooks;                        ///< --quiesce and so on; empty: the file's
  std::map<std::string, std::string> waived;  ///< --waive NAME=REASON
  std::string no_sync_reason;                 ///< reverse --no-sync=REASON
};

/// Either `to_run`, or a text and the exit code for it: `done` means help or version, `usage`
/// what is wrong with the line, and `advice` what to do.
struct parsed_arguments {
  std::optional<arguments> to_run;
  std::string text;
  exit_code code = exit_code::done;
  std::string advice{};
  bool json = false; ///< --json was there, whatever else is wrong.
};

/// Options stand before or after the command.
[[nodiscard]] parsed_arguments parse_arguments(int argc, const char* const* argv);

} // namespace stellwerk::cli
