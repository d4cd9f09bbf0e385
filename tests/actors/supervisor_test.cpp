#include "actors/supervisor.hpp"

#include "actors/io/dns_resolver.hpp"
#include "tests/support/worker_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

/// The probes as their router sees them.
struct probes {
  std::mutex mutex;
  std::vector<caf::actor> seen;
  bool deadly = false; ///< Who subscribes dies.
  std::size_t started_again = 0;
  std::promise<void> started_twice_again;

  bool lives(const caf::actor& probe) {
    const std::lock_guard guard{mutex};
    seen.push_back(probe);
    if (deadly && ++started_again == 2)
      started_twice_again.set_value();
    return !deadly;
  }
  /// From now on; and one that lives already.
  void kill() {
    const std::lock_guard guard{mutex};
    deadly = true;
    caf::anon_send_exit(seen.front(), caf::exit_reason::unhandled_exception);
  }
};

/// A router of a world that has no backend, so that every probe is content at once.
router::behavior_type empty_router(router::pointer, const std::shared_ptr<probes>& subscribed) {
  const standing empty{std::make_shared<world>(), std::make_shared<backend_facts>()};
  return {
      [empty](const enter&) { return empty; },
      [](const leave&) {},
      [empty](get_standing) { return empty; },
      [empty, subscribed](const subscribe& asked) {
        if (subscribed->lives(asked.listener))
          caf::anon_send(asked.listener, empty);
        else
          caf::anon_send_exit(asked.listener, caf::exit_reason::unhandled_exception);
      },
      [](const learned_service&) {},
      [](const learned_relay&) {},
      [](const early_delivery&) {},
      [](const reload_request&) { return reload_report{}; },
      [](const reload_decision&) {},
      [](const phase_request&) { return phase_report{}; },
      [](const phase_decision&) {},
      [](const move_ended&) {},
      [](const misplaced_request&) { return std::size_t{0}; },
      [](const early_request&) { return std::size_t{0}; },
      [](overview_request) { return overview{}; },
      [](const kick_request&) { return kick_report{}; },
      [](const drain_over&) {},
  };
}

} // namespace

TEST_CASE("a probe that dies at once is started again after pauses that grow") {
  test::worker_fixture::quiet_config config;
  caf::actor_system system{config};
  std::vector<std::unique_ptr<io::worker>> workers;
  workers.push_back(std::make_unique<io::worker>(system, 0));
  workers.front()->start();

  const auto subscribed = std::make_shared<probes>();
  auto surroundings = std::make_shared<environment>();
  surroundings->router = system.spawn(empty_router, subscribed);
  std::promise<void> probed;
  std::promise<end_cause> ended;
  auto supervisor = spawn_supervisor(
      system, supervised{.surroundings = surroundings,
                         .workers = &workers,
                         .listeners = {},
                         .control_port = nullptr,
                         .admin_port = nullptr,
                         .drain_budget = 1s,
                         .on_end = [&](end_cause cause) { ended.set_value(cause); },
                         .on_probed = [&] { probed.set_value(); }});
  test::worker_fixture::expect(probed.get_future());

  auto began = steady_clock::now();
  subscribed->kill();
  test::worker_fixture::expect(subscribed->started_twice_again.get_future());
  CHECK(steady_clock::now() - began > 2900ms); // 1 s, then 2 s.

  // A pause under way holds up no end.
  began = steady_clock::now();
  caf::anon_send_exit(surroundings->router, caf::exit_reason::user_shutdown);
  CHECK(test::worker_fixture::expect(ended.get_future()) == end_cause::actor_lost);
  surroundings->router = nullptr;
  subscribed->seen.clear();
  supervisor = nullptr;
  system.await_all_actors_done();
  workers.front()->stop();
  CHECK(steady_clock::now() - began < 3s);
}

TEST_CASE_FIXTURE(test::worker_fixture, "a resolver that dies at once answers meanwhile") {
  auto front = spawn_resolver(home, "no server");
  caf::scoped_actor self{system};
  std::string said;
  const auto until = steady_clock::now() + 10s;
  while (said.empty() && steady_clock::now() < until)
    self->request(front, 10s, io::resolve_request{"localhost"})
        .receive([&](const io::resolved& answer) { said = answer.problem; },
                 [](const caf::error&) {}); // It had not been noticed yet.
  CHECK(said == "the resolver has failed and is started again soon");
  self->send_exit(front, caf::exit_reason::user_shutdown);
}
