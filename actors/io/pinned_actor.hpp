#pragma once

#include "actors/io/worker.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

namespace stellwerk::io {

/// A CAF actor that always runs on one worker's thread, whoever writes to it.
class pinned_actor : public caf::event_based_actor {
public:
  explicit pinned_actor(caf::actor_config& config)
      : event_based_actor{config}, home_{static_cast<worker&>(*config.host)} {}

  subtype_t subtype() const override { return io_actor; }
  using event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    event_based_actor::enqueue(std::move(element), &home_);
  }

  [[nodiscard]] worker& home() const { return home_; }

private:
  worker& home_;
};

/// Spawns a pinned actor on `home`. CAF needs at least one argument.
template <class Actor, class... Arguments>
caf::actor spawn_pinned(worker& home, Arguments&&... arguments) {
  caf::actor_config config{&home};
  return home.system().spawn_class<Actor, caf::no_spawn_options>(
      config, std::forward<Arguments>(arguments)...);
}

} // namespace stellwerk::io
