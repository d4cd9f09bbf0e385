#pragma once

#include "actors/cutover/hook_process.hpp"
#include "protocol/cutover/phase.hpp"

#include <chrono>
#include <filesystem>
#include <string>

namespace stellwerk {

/// For the undo hook: the way back must end too.
inline constexpr std::chrono::minutes undo_budget{2};

/// The move that a hook is run for.
struct hook_cause {
  std::string id;
  std::string domain;
  phase from = phase::on_old;
  phase to = phase::on_new;
};

/// Where the accounts that a hook is for are written: `accounts-ID.csv` in the state folder.
[[nodiscard]] std::filesystem::path accounts_file_of(const std::string& id,
                                                     const std::filesystem::path& state_dir);
/// STELLWERK_DOMAIN, _FROM, _TO, _ACCOUNTS.
[[nodiscard]] hook_process::variables variables_of(const hook_cause& cause,
                                                   const std::filesystem::path& state_dir);

} // namespace stellwerk
