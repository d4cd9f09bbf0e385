#pragma once

#include "config/routes.hpp"
#include "protocol/cutover/phase.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace stellwerk {

/// A domain's phase and since when it is in it.
struct dated_phase {
  phase now = phase::on_old;
  std::chrono::system_clock::time_point since{};
  bool operator==(const dated_phase&) const = default;
};

/// What has to survive a restart: the epoch never falls, a phase keeps its beginning, and the
/// instance keeps its name in loop marks.
struct lasting_state {
  std::uint64_t epoch = 0;
  std::string instance; ///< 16 hex digits, drawn once.
  std::map<std::string, dated_phase> domains;
  bool operator==(const lasting_state&) const = default;

  /// Takes over the phases of `routes`: what changed begins `now`.
  void follow(const route_table& routes, std::chrono::system_clock::time_point now);
};

/// `state.json` in the state folder. Both block.
struct state_load {
  lasting_state state;
  std::string problem; ///< Not empty: the file is there but not readable.
};
[[nodiscard]] state_load load_state(const std::filesystem::path& state_dir);
/// The reason if it failed, else empty.
[[nodiscard]] std::string save_state(const std::filesystem::path& state_dir,
                                     const lasting_state& state);

} // namespace stellwerk
