#pragma once

#include "actors/io/worker.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <future>

namespace stellwerk::test {

/// An actor system with one running worker. Actors pinned to it must end within the test.
class worker_fixture {
public:
  worker_fixture() { home.start(); }
  ~worker_fixture() {
    system.await_all_actors_done();
    home.stop();
  }

  /// Waits for what an actor promised, at most 10 s.
  template <class T> static T expect(std::future<T> answer) {
    if (answer.wait_for(std::chrono::seconds{10}) != std::future_status::ready)
      throw std::runtime_error{"nothing within 10 s"};
    return answer.get();
  }

  struct quiet_config : caf::actor_system_config {
    quiet_config() {
      set("scheduler.policy", caf::atom("sharing"));
      set("scheduler.max-threads", 2);
    }
  };
  quiet_config config;
  caf::actor_system system{config};
  io::worker home{system, 0};
};

} // namespace stellwerk::test
