#pragma once

#include "actors/cli/control_client.hpp"
#include "actors/findings/finding_store.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace stellwerk::cli {

/// All findings, by domain, login, kind and address; or why there are none to be had.
struct found_findings {
  std::vector<finding_record> rows;
  observed_days days; ///< Somebody of a domain has logged in on so many; of `all_domains`: all.
  json error;         ///< Null: all is well.
  exit_code code = exit_code::done;
};

/// Of one domain, or of all if it is empty. Asks the proxy; where none runs, reads what it has
/// left in its state folder.
[[nodiscard]] found_findings fetch_findings(const std::filesystem::path& stellwerk_yaml,
                                            const std::string& domain);

} // namespace stellwerk::cli
