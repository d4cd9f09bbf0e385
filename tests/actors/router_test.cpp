#include "actors/router.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/support/worker_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::chrono_literals;

namespace {

/// A session that only notes what it is ordered.
struct orders {
  std::promise<release_order> released;
  std::promise<drain_order> drained;
  std::promise<void> cut;
};

caf::behavior note_orders(caf::event_based_actor*, const std::shared_ptr<orders>& noted) {
  return {
      [noted](const release_order& order) { noted->released.set_value(order); },
      [noted](const drain_order& order) { noted->drained.set_value(order); },
      [noted](cut_order) { noted->cut.set_value(); },
  };
}

/// A router over a world with example.org on old, and a loader that a test writes.
class router_fixture : public test::worker_fixture {
public:
  router_fixture() {
    auto now = std::make_shared<world>();
    now->current.epoch = 7;
    now->current.settings.file = folder.path() / "stellwerk.yaml";
    now->current.settings.state_dir = folder.path();
    now->current.settings.budgets.drain = 0ms;
    now->current.settings.routes = folder.path() / "routes.yaml";
    now->current.routes = routes(phase::on_old);
    now->current.routes_text = "domains:\n  example.org: old\n";
    folder.write("routes.yaml", now->current.routes_text);
    first = now;
    load = [this](const snapshot&) {
      auto next = std::make_shared<world>(*first);
      next->current.routes = routes(phase::on_new);
      return load_outcome{next, {}};
    };
    lasting.epoch = 7;
    it = system.spawn(run_router, first, diagnostics{}, lasting, clock,
                      std::make_shared<flip_watch>(), disk,
                      [this](const snapshot& in_force) { return load(in_force); });
  }
  ~router_fixture() {
    for (const auto& one : sessions)
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(it, caf::exit_reason::user_shutdown);
  }

  static route_table routes(phase now) {
    return route_table{default_route::on_old, {{"example.org", "example.org", now, {}}}};
  }

  template <class Answer, class Question> Answer ask(Question question) {
    Answer answer;
    caf::scoped_actor self{system};
    self->request(it, 10s, std::move(question))
        .receive([&](Answer& came) { answer = std::move(came); },
                 [](const caf::error&) { FAIL("no answer"); });
    return answer;
  }

  std::shared_ptr<orders> enter_as(std::uint64_t ticket, presence who) {
    auto noted = std::make_shared<orders>();
    sessions.push_back(system.spawn(note_orders, noted));
    who.who = sessions.back();
    ask<standing>(enter{ticket, std::move(who)});
    return noted;
  }

  test::temporary_folder folder;
  world_ptr first;
  lasting_state lasting;
  std::shared_ptr<epoch_clock> clock = std::make_shared<epoch_clock>();
  std::shared_ptr<io::side_thread> disk = std::make_shared<io::side_thread>();
  router_state::load_world_function load;
  router it;
  std::vector<caf::actor> sessions;
};

presence anna() {
  return {.session = "a", .login = "anna@example.org", .domain = "example.org"};
}

} // namespace

TEST_CASE_FIXTURE(router_fixture, "a reload raises the epoch, on disk first") {
  const auto report = ask<reload_report>(reload_request{});
  CHECK(report.came == reload_report::outcome::done);
  CHECK(report.epoch == 8);
  CHECK(clock->now() == 8);
  CHECK(load_state(folder.path()).state.epoch == 8);
}

TEST_CASE_FIXTURE(router_fixture, "a reload whose epoch cannot be written is refused") {
  std::filesystem::create_directory(folder.path() / "state.json");
  const auto session = enter_as(1, anna());
  const auto report = ask<reload_report>(reload_request{});
  CHECK(report.came == reload_report::outcome::state_unwritable);
  CHECK(report.why.find("state.json") != std::string::npos);
  CHECK(report.epoch == 7);
  CHECK(report.changed.empty());
  CHECK(report.draining == 0);
  CHECK(clock->now() == 7);
  CHECK(ask<standing>(get_standing{}).now == first);

  std::filesystem::remove(folder.path() / "state.json");
  CHECK(ask<reload_report>(reload_request{}).epoch == 8);
  CHECK(expect(session->drained.get_future()).is_final == false);
}

TEST_CASE_FIXTURE(router_fixture, "an exception while loading is a problem of the files") {
  const auto good = load;
  load = [](const snapshot&) -> load_outcome { throw std::bad_alloc{}; };
  const auto report = ask<reload_report>(reload_request{});
  CHECK(report.came == reload_report::outcome::problems);
  REQUIRE(report.found.size() == 1);
  CHECK(text_of(report.found.front())
        == (folder.path() / "stellwerk.yaml").string() + ": cannot be loaded: std::bad_alloc");
  CHECK(report.epoch == 7);
  CHECK(clock->now() == 7);
  load = good;
  CHECK(ask<reload_report>(reload_request{}).epoch == 8);
}

TEST_CASE_FIXTURE(router_fixture, "a move that cannot be written is published once") {
  const auto lead = [this](phase to, phase_request::manner how) {
    return ask<phase_report>(
        phase_request{.domain = "example.org", .to = to, .how = how, .requested_by = "test"});
  };
  using manner = phase_request::manner;
  CHECK(lead(phase::moving, manner::begins_move).epoch == 8);
  folder.write("routes.yaml", "domains: [broken\n");
  for (int i = 0; i < 3; ++i) {
    const auto report = lead(phase::on_old, manner::of_move);
    CHECK(report.epoch == 9);
    CHECK_FALSE(report.file_problem.empty());
  }
  folder.write("routes.yaml", "domains:\n  example.org: moving\n");
  std::filesystem::remove(folder.path() / "state.json");
  std::filesystem::create_directory(folder.path() / "state.json");
  for (int i = 0; i < 2; ++i) {
    const auto report = lead(phase::on_old, manner::of_move);
    CHECK(report.epoch == 10); // What was loaded is another text now.
    CHECK(report.file_problem.find("state.json") != std::string::npos);
  }
  std::filesystem::remove(folder.path() / "state.json");
  for (int i = 0; i < 2; ++i) {
    const auto report = lead(phase::on_old, manner::of_move);
    CHECK(report.epoch == 10);
    CHECK(report.file_problem.empty());
  }
  CHECK(load_state(folder.path()).state.epoch == 10);
  CHECK(clock->now() == 10);
}

TEST_CASE_FIXTURE(router_fixture, "who is kicked and stays is cut when the budget is over") {
  const auto kicked = enter_as(1, anna());
  CHECK(ask<kick_report>(kick_request{"nobody@example.org", ""}).sessions == 0);
  CHECK(ask<kick_report>(kick_request{"anna@example.org", ""}).sessions == 1);
  CHECK(expect(kicked->drained.get_future()).is_final);
  expect(kicked->cut.get_future());
  CHECK(ask<overview>(overview_request{}).draining == 1);
  caf::anon_send(it, leave{1});
  CHECK(ask<overview>(overview_request{}).draining == 0);
}

TEST_CASE_FIXTURE(router_fixture, "a reload says how many sessions drain, not recipients") {
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) {
    auto recipient = anna();
    recipient.kind = presence_kind::delivery;
    enter_as(ticket, std::move(recipient));
  }
  CHECK(ask<reload_report>(reload_request{}).draining == 1);
  CHECK(ask<overview>(overview_request{}).draining == 1);
}

TEST_CASE_FIXTURE(router_fixture,
                  "who is parked is released by the world that holds it no more") {
  load = [this](const snapshot&) {
    auto next = std::make_shared<world>(*first);
    next->current.routes = routes(phase::moving);
    return load_outcome{next, {}};
  };
  CHECK(ask<reload_report>(reload_request{}).epoch == 8);
  auto waiting = anna();
  waiting.parked = true;
  const auto noted = enter_as(1, std::move(waiting));
  CHECK(ask<overview>(overview_request{}).domains.front().parked == 1);
  CHECK(ask<reload_report>(reload_request{}).draining == 0); // Epoch 9 holds it still.
  load = [this](const snapshot&) {
    auto next = std::make_shared<world>(*first);
    next->current.routes = routes(phase::on_new);
    return load_outcome{next, {}};
  };
  CHECK(ask<reload_report>(reload_request{}).draining == 0);
  CHECK(expect(noted->released.get_future()).epoch == 10);
}

TEST_CASE_FIXTURE(router_fixture,
                  "early deliveries are remembered until the domain moves anew") {
  const auto early
      = [this] { return ask<overview>(overview_request{}).domains.front().early_deliveries; };
  auto next_phase = phase::moving;
  load = [&](const snapshot&) {
    auto next = std::make_shared<world>(*first);
    next->current.routes = routes(next_phase);
    return load_outcome{next, {}};
  };
  ask<reload_report>(reload_request{});
  caf::anon_send(it, early_delivery{"example.org", 2});
  caf::anon_send(it, early_delivery{"example.org", 1});
  CHECK(early() == 3);
  ask<reload_report>(reload_request{});
  CHECK(early() == 3);
  next_phase = phase::on_old;
  ask<reload_report>(reload_request{});
  CHECK(early() == 3);
  next_phase = phase::moving;
  ask<reload_report>(reload_request{});
  CHECK(early() == 0);
}
