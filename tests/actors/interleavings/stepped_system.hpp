#pragma once

#include "actors/io/worker.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <memory>
#include <vector>

namespace stellwerk::test {

/// An actor system without threads: the test's own stands in for CAF's scheduler and for every
/// worker, and runs one message of one actor, or one round of one worker, when it is told to.
/// Time is the test's too.
class stepped_system {
public:
  /// What any pause of a login or a release is over by: longer than the longest wait of a
  /// refusal, shorter than a backend's time for a login.
  static constexpr std::chrono::seconds pause{40};

  explicit stepped_system(std::size_t workers) {
    for (std::size_t index = 0; index < workers; ++index)
      workers_.push_back(std::make_unique<io::worker>(system_, index));
    pass_time();
  }

  [[nodiscard]] caf::actor_system& actors() { return system_; }
  [[nodiscard]] io::worker& worker(std::size_t index) { return *workers_[index]; }
  [[nodiscard]] std::size_t workers() const { return workers_.size(); }

  /// One round of a worker; false: it had nothing to do.
  bool turn(std::size_t index) { return workers_[index]->turn(now_); }
  /// Each worker notices at its next round.
  void pass_time() { now_ += pause; }

  /// One message of that actor; false if it has none.
  template <class Handle> bool run_one(const Handle& whom) {
    if (!scheduler_.prioritize(whom))
      return false;
    scheduler_.run_once();
    return true;
  }
  /// All messages of all actors that no worker has, but for that one.
  template <class Handle> void run_all_but(const Handle& whom) {
    const auto* spared
        = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(whom));
    scheduler_.run_jobs_filtered([spared](caf::resumable* job) { return job != spared; });
  }
  /// All messages of all of them, those that would come later included.
  void run_dry() { scheduler_.run(); }

private:
  struct stepped_config : caf::actor_system_config {
    stepped_config() { set("scheduler.policy", caf::atom("testing")); }
  };
  stepped_config config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& scheduler_
      = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  std::vector<std::unique_ptr<io::worker>> workers_;
  io::clock::time_point now_ = io::clock::time_point{} + std::chrono::hours{1000};
};

} // namespace stellwerk::test
