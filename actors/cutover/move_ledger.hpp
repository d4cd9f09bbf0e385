#pragma once

#include "protocol/cutover/switch_plan.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk {

/// Which domains are being moved, by whom, and how far that is: a domain has at most one move.
/// Shared by control sessions, moves and the admin page.
class move_ledger {
public:
  struct entry {
    std::string id;
    direction way = direction::forward;
    std::string step;
    std::string requested_by;
    std::chrono::system_clock::time_point since{};
    caf::actor runner{}; ///< Takes `cancel_move`; none for a move that a restart ends.
    /// What keeps the move open although it has ended; empty: nothing.
    std::string problem{};
  };

  /// False if the domain is being moved already.
  [[nodiscard]] bool begin(const std::string& domain, entry what) {
    const std::lock_guard guard{mutex_};
    return moves_.emplace(domain, std::move(what)).second;
  }
  void note_step(const std::string& domain, std::string step) {
    const std::lock_guard guard{mutex_};
    if (const auto found = moves_.find(domain); found != moves_.end())
      found->second.step = std::move(step);
  }
  void note_problem(const std::string& domain, std::string problem) {
    const std::lock_guard guard{mutex_};
    if (const auto found = moves_.find(domain); found != moves_.end())
      found->second.problem = std::move(problem);
  }
  void end(const std::string& domain) {
    const std::lock_guard guard{mutex_};
    moves_.erase(domain);
  }

  [[nodiscard]] std::optional<entry> find(const std::string& domain) const {
    const std::lock_guard guard{mutex_};
    const auto found = moves_.find(domain);
    return found == moves_.end() ? std::nullopt : std::optional{found->second};
  }
  [[nodiscard]] std::map<std::string, entry> all() const {
    const std::lock_guard guard{mutex_};
    return moves_;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, entry> moves_;
};

} // namespace stellwerk
