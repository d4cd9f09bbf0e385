#include "actors/bound_name.hpp"

#include "actors/io/pinned_actor.hpp"
#include "tests/support/worker_fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>

using namespace stellwerk;
using namespace std::chrono_literals;

namespace {

const tls::time_point start = std::chrono::sys_days{std::chrono::year{2027} / 3 / 1};

std::shared_ptr<const tls::server_certificates> table_until(tls::time_point ends) {
  auto one = std::make_shared<tls::certificate>();
  one->names = {"mail.old.example"};
  one->not_after = ends;
  return std::make_shared<const tls::server_certificates>(
      std::vector<std::shared_ptr<const tls::certificate>>{one});
}

/// Told of every change, in words.
struct story {
  std::atomic<tls::time_point> now{start};
  std::promise<void> retired;
  std::promise<void> back;
};

/// Follows one table until its name is retired, then another, then ends.
class follower final : public io::pinned_actor {
public:
  follower(caf::actor_config& config, story& told)
      : pinned_actor{config}, told_{told}, name_{home(), "mail.old.example",
                                                 [this](bool is) { hear(is); },
                                                 [&told] { return told.now.load(); }} {}

private:
  caf::behavior make_behavior() override {
    name_.follow(table_until(start + 1h));
    return {[this](caf::ok_atom) {
      name_.follow(table_until(start + 1000h));
      name_.stop();
      quit();
    }};
  }
  void hear(bool is_retired) {
    if (!is_retired)
      return told_.back.set_value();
    told_.retired.set_value();
    caf::anon_send(caf::actor_cast<caf::actor>(this), caf::ok_atom::value);
  }

  story& told_;
  bound_name name_;
};

} // namespace

TEST_CASE_FIXTURE(test::worker_fixture,
                  "a clock that is set retires a name, a reload brings it back") {
  story told;
  const auto kept = io::spawn_pinned<follower>(home, told); // Without a handle it is gone.
  auto retired = told.retired.get_future();
  CHECK(retired.wait_for(0s) == std::future_status::timeout);
  told.now = start + 1h;
  expect(std::move(retired));
  expect(told.back.get_future());
}
