#pragma once

#include "actors/io/worker.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk {

/// Does everything that serves still answer? Asks the loop of each worker, and the router.
class pulse {
public:
  /// Set to true, from any thread, when the answer has come.
  using answer = std::shared_ptr<std::atomic<bool>>;

  /// `ask_router` hands the question on and returns at once.
  pulse(const std::vector<std::unique_ptr<io::worker>>& workers,
        std::function<void(answer)> ask_router);

  /// True if all have answered the question of the last call, which is then asked again. Else
  /// the question stands.
  [[nodiscard]] bool beat();
  /// Who hasn't answered yet: `worker 1`; empty if all have.
  [[nodiscard]] std::string silent() const;

private:
  void ask();

  const std::vector<std::unique_ptr<io::worker>>& workers_;
  std::function<void(answer)> ask_router_;
  answer router_answered_;
};

/// Pings the service manager's watchdog (sd_watchdog_enabled(3)) as long as the pulse beats; of
/// the main thread. Does nothing where nobody waits for pings.
class watchdog {
public:
  using clock = std::chrono::steady_clock;

  explicit watchdog(pulse of);

  /// Milliseconds until `look` is due, for poll(2); -1: never.
  [[nodiscard]] int wait_milliseconds() const;
  void look();

private:
  pulse pulse_;
  std::chrono::milliseconds interval_{0}; ///< 0: nobody waits.
  clock::time_point due_;
  bool said_silent_ = false;
};

/// How often the service manager wants to hear from this process: a quarter of WATCHDOG_USEC,
/// at least 10 ms. Nothing if it doesn't, or means another process (WATCHDOG_PID).
[[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_interval();

} // namespace stellwerk
