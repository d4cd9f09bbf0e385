#include "actors/watchdog.hpp"

#include "actors/io/pinned_actor.hpp"
#include "tests/support/worker_fixture.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <future>
#include <unistd.h>

using namespace stellwerk;
using test::worker_fixture;

namespace {

/// Hangs its worker from its birth until it is let go.
class hanging final : public io::pinned_actor {
public:
  hanging(caf::actor_config& config, std::shared_future<void> let_go,
          std::shared_ptr<std::promise<void>> hangs)
      : pinned_actor{config}, let_go_{std::move(let_go)}, hangs_{std::move(hangs)} {}

private:
  caf::behavior make_behavior() override {
    return {[this](int) {
      hangs_->set_value();
      let_go_.wait();
      quit();
    }};
  }

  std::shared_future<void> let_go_;
  std::shared_ptr<std::promise<void>> hangs_;
};

struct two_workers {
  worker_fixture::quiet_config config;
  caf::actor_system system{config};
  std::vector<std::unique_ptr<io::worker>> workers;

  two_workers() {
    for (std::size_t i = 0; i < 2; ++i) {
      workers.push_back(std::make_unique<io::worker>(system, i));
      workers.back()->start();
    }
  }
  ~two_workers() {
    system.await_all_actors_done();
    for (auto& one : workers)
      one->stop();
  }
};

/// Whether it beats within 10 s.
bool beats(pulse& of) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (std::chrono::steady_clock::now() < until) {
    if (of.beat())
      return true;
    std::this_thread::yield();
  }
  return false;
}

/// Sets variables of the environment, and clears them.
struct environment_of {
  environment_of(const std::string& usec, const std::string& pid) {
    ::setenv("WATCHDOG_USEC", usec.c_str(), 1);
    if (!pid.empty())
      ::setenv("WATCHDOG_PID", pid.c_str(), 1);
  }
  ~environment_of() {
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
  }
};

std::optional<std::chrono::milliseconds> interval(const std::string& usec,
                                                  const std::string& pid = {}) {
  const environment_of set{usec, pid};
  return watchdog_interval();
}

} // namespace

TEST_CASE("while all answer, the pulse beats again and again") {
  two_workers fixture;
  pulse heart{fixture.workers, [](const pulse::answer& answered) { *answered = true; }};
  for (int i = 0; i < 3; ++i)
    REQUIRE(beats(heart));
}

TEST_CASE("a worker that hangs stops the pulse, and is named") {
  two_workers fixture;
  std::promise<void> let_go;
  auto hangs = std::make_shared<std::promise<void>>();
  auto hung = hangs->get_future();
  caf::anon_send(
      io::spawn_pinned<hanging>(*fixture.workers[1], let_go.get_future().share(), hangs), 1);
  REQUIRE(hung.wait_for(std::chrono::seconds{10}) == std::future_status::ready);
  pulse heart{fixture.workers, [](const pulse::answer& answered) { *answered = true; }};
  while (!fixture.workers[0]->has_pulse())
    std::this_thread::yield();
  CHECK(!heart.beat());
  CHECK(heart.silent() == "worker 1");
  CHECK(!heart.beat());
  let_go.set_value();
  CHECK(beats(heart));
}

TEST_CASE("a router that does not answer stops the pulse, and is named") {
  two_workers fixture;
  pulse::answer asked;
  pulse heart{fixture.workers, [&](pulse::answer answered) { asked = std::move(answered); }};
  while (!fixture.workers[0]->has_pulse() || !fixture.workers[1]->has_pulse())
    std::this_thread::yield();
  CHECK(!heart.beat());
  CHECK(heart.silent() == "router");
  *asked = true;
  CHECK(heart.beat());
}

TEST_CASE("how often the service manager wants to hear of us (sd_watchdog_enabled)") {
  CHECK(!watchdog_interval());
  CHECK(interval("8000000") == std::chrono::seconds{2});
  CHECK(interval("1000") == std::chrono::milliseconds{10});
  CHECK(interval("8000000", std::to_string(::getpid())) == std::chrono::seconds{2});
  CHECK(!interval("8000000", "1"));
  for (const auto* wrong : {"", "0", "-4", "soon", "10s"})
    CHECK(!interval(wrong));
}
