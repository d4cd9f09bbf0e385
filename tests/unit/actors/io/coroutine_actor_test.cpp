#include "actors/io/coroutine_actor.hpp"
#include "tests/support/worker_fixture.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>

using namespace stellwerk;
using test::worker_fixture;

namespace {

class probe;
using life = std::function<io::task<void>(probe&)>;

/// An actor whose life a test writes.
class probe final : public io::coroutine_actor {
public:
  probe(caf::actor_config& config, life how, std::shared_ptr<std::promise<std::string>> ended)
      : coroutine_actor{config}, how_{std::move(how)}, ended_{std::move(ended)} {}

  int nudges = 0;

private:
  io::task<void> run() override {
    co_await how_(*this);
    ended_->set_value("returned");
  }
  caf::behavior messages() override {
    return {
        [this](int count) {
          nudges += count;
          wake();
        },
        [](const std::string& question) { return question + "!"; },
    };
  }
  void on_failure(std::exception_ptr thrown) noexcept override {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& failure) {
      ended_->set_value(failure.what());
    }
  }

  life how_;
  std::shared_ptr<std::promise<std::string>> ended_;
};

struct spawned {
  caf::actor handle;
  std::future<std::string> ended;
};

spawned spawn(worker_fixture& fixture, life how) {
  auto ended = std::make_shared<std::promise<std::string>>();
  auto future = ended->get_future();
  return {io::spawn_pinned<probe>(fixture.home, std::move(how), ended), std::move(future)};
}

} // namespace

TEST_CASE("the actor ends with its coroutine") {
  worker_fixture fixture;
  auto it = spawn(fixture, [](probe&) -> io::task<void> { co_return; });
  CHECK(worker_fixture::expect(std::move(it.ended)) == "returned");
}

TEST_CASE("a message resumes the waiting point") {
  worker_fixture fixture;
  auto it = spawn(fixture, [](probe& self) -> io::task<void> {
    while (self.nudges < 3)
      co_await self.event();
  });
  for (int i = 0; i < 3; ++i)
    caf::anon_send(it.handle, 1);
  CHECK(worker_fixture::expect(std::move(it.ended)) == "returned");
}

TEST_CASE("a wait ends at its time") {
  worker_fixture fixture;
  auto it = spawn(fixture, [](probe& self) -> io::task<void> {
    const auto until = self.now() + std::chrono::milliseconds{20};
    while (self.now() < until)
      co_await self.event(until);
  });
  CHECK(worker_fixture::expect(std::move(it.ended)) == "returned");
}

TEST_CASE("an exception ends this actor alone") {
  worker_fixture fixture;
  auto healthy = spawn(fixture, [](probe& self) -> io::task<void> {
    while (self.nudges == 0)
      co_await self.event();
  });
  auto it = spawn(fixture, [](probe& self) -> io::task<void> {
    co_await self.yield();
    throw std::runtime_error{"broken"};
  });
  CHECK(worker_fixture::expect(std::move(it.ended)) == "broken");
  caf::anon_send(healthy.handle, 1);
  CHECK(worker_fixture::expect(std::move(healthy.ended)) == "returned");
}

TEST_CASE("an answer of another actor is awaited, on a CAF thread or pinned") {
  worker_fixture fixture;
  auto pinned = spawn(fixture, [](probe& self) -> io::task<void> {
    while (self.nudges == 0)
      co_await self.event();
  });
  auto scheduled = fixture.system.spawn(
      [](caf::event_based_actor*, int) -> caf::behavior {
        return {[](const std::string& question) { return question + "?"; }};
      },
      0);
  for (const auto& whom : {std::pair{pinned.handle, "so!"}, std::pair{scheduled, "so?"}}) {
    std::string heard;
    auto it = spawn(fixture, [&](probe& self) -> io::task<void> {
      heard = *co_await self.ask<std::string>(whom.first, std::string{"so"});
    });
    CHECK(worker_fixture::expect(std::move(it.ended)) == "returned");
    CHECK(heard == whom.second);
  }
  caf::anon_send(pinned.handle, 1);
  caf::anon_send_exit(scheduled, caf::exit_reason::user_shutdown);
}

TEST_CASE("asking an actor that is gone gives nothing") {
  worker_fixture fixture;
  auto gone = spawn(fixture, [](probe&) -> io::task<void> { co_return; });
  worker_fixture::expect(std::move(gone.ended));
  bool refused = false;
  auto it = spawn(fixture, [&](probe& self) -> io::task<void> {
    refused = !(co_await self.ask<std::string>(gone.handle, std::string{"so"})).has_value();
  });
  CHECK(worker_fixture::expect(std::move(it.ended)) == "returned");
  CHECK(refused);
}

TEST_CASE("an exit message destroys the frame and what it owns") {
  worker_fixture fixture;
  auto guard = std::make_shared<int>(0);
  const std::weak_ptr<int> watch = guard;
  std::promise<void> waiting;
  auto it = spawn(fixture, [&waiting, guard](probe& self) mutable -> io::task<void> {
    const auto owned = std::move(guard);
    waiting.set_value();
    for (;;)
      co_await self.event();
  });
  guard.reset();
  worker_fixture::expect(waiting.get_future());
  caf::anon_send_exit(it.handle, caf::exit_reason::user_shutdown);
  it.handle = nullptr;
  fixture.system.await_all_actors_done();
  CHECK(watch.expired());
}
