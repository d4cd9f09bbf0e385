#pragma once

#include "actors/cli/control_client.hpp"
#include "actors/findings/log_import.hpp"
#include "config/snapshot.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace stellwerk::cli {

/// What came of the logs, or why nothing more was imported.
struct imported_logs {
  import_summary summary;
  json error; ///< Null: all is well.
  exit_code code = exit_code::done;
};

/// Imports logs of the old server, in this order; `-` is standard input. All of them are opened
/// before anything is read. Works beside a running proxy. Makes the state folder and its
/// database where they are not there yet; made by root, they belong to the configuration's
/// `user` or to the folder's owner.
[[nodiscard]] imported_logs import_logs(const snapshot& files,
                                        const std::vector<std::string>& logs);

[[nodiscard]] std::string import_text(const import_summary& summary);
[[nodiscard]] json import_json(const import_summary& summary);

} // namespace stellwerk::cli
