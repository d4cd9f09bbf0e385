#pragma once

#include "actors/io/pinned_actor.hpp"

#include <future>
#include <memory>
#include <sys/epoll.h>

namespace stellwerk::test {

/// Watches a descriptor for a while on its worker, so that nobody else can watch it there: the
/// kernel refuses, as it does when it is short of memory.
class port_taker final : public io::pinned_actor, private io::event_handler, private io::timer {
public:
  /// `taken`, then `released` after `how_long`.
  port_taker(caf::actor_config& config, int descriptor, std::chrono::milliseconds how_long,
             std::shared_ptr<std::promise<void>> taken,
             std::shared_ptr<std::promise<void>> released)
      : pinned_actor{config}, descriptor_{descriptor}, how_long_{how_long},
        taken_{std::move(taken)}, released_{std::move(released)} {}

private:
  caf::behavior make_behavior() override {
    alive_ = caf::actor_cast<caf::strong_actor_ptr>(this);
    home().watch(descriptor_, EPOLLIN, *this);
    home().arm(*this, home().now() + how_long_);
    taken_->set_value();
    return {[](caf::unit_t) {}};
  }
  void on_events(std::uint32_t) override {}
  void on_timer() override {
    const auto guard = std::exchange(alive_, nullptr);
    home().forget(descriptor_, *this);
    released_->set_value();
    quit();
    finalize();
  }

  int descriptor_;
  std::chrono::milliseconds how_long_;
  std::shared_ptr<std::promise<void>> taken_;
  std::shared_ptr<std::promise<void>> released_;
  caf::strong_actor_ptr alive_;
};

/// Takes the descriptor and returns once that is so; the answer comes when it is free again.
inline std::future<void> take_port(io::worker& home, int descriptor,
                                   std::chrono::milliseconds how_long) {
  auto taken = std::make_shared<std::promise<void>>();
  auto released = std::make_shared<std::promise<void>>();
  io::spawn_pinned<port_taker>(home, descriptor, how_long, taken, released);
  taken->get_future().wait();
  return released->get_future();
}

} // namespace stellwerk::test
