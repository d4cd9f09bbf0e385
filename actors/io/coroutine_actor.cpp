#include "actors/io/coroutine_actor.hpp"

namespace stellwerk::io {

caf::behavior coroutine_actor::make_behavior() {
  alive_ = caf::actor_cast<caf::strong_actor_ptr>(this);
  home().defer(*this);
  return messages();
}

void coroutine_actor::suspend(std::coroutine_handle<> waiting, clock::time_point until) {
  waiting_ = waiting;
  // An alarm that is too early only wakes once for nothing, which is cheaper than moving it
  // often.
  if (until != clock::time_point::max() && (!is_armed() || due() > until))
    home().arm(*this, until);
}

void coroutine_actor::wake() {
  if (!waiting_)
    return;
  const auto guard = alive_;
  std::exchange(waiting_, nullptr).resume();
  finish_if_done();
}

void coroutine_actor::on_timer() { wake(); }

void coroutine_actor::on_events(std::uint32_t) {
  if (started_) {
    wake();
    return;
  }
  const auto guard = alive_;
  started_ = true;
  root_ = run();
  root_.start();
  finish_if_done();
}

void coroutine_actor::finish_if_done() {
  if (!root_.done())
    return;
  try {
    root_.result();
  } catch (...) {
    on_failure(std::current_exception());
  }
  quit();
  if (!inside_resume_)
    finalize();
}

caf::resumable::resume_result coroutine_actor::resume(caf::execution_unit* unit,
                                                      std::size_t max_throughput) {
  inside_resume_ = true;
  const auto result = pinned_actor::resume(unit, max_throughput);
  inside_resume_ = false; // The caller's reference keeps this alive.
  return result;
}

void coroutine_actor::on_exit() {
  home().disarm(*this);
  home().undefer(*this);
  waiting_ = nullptr;
  root_.reset();
  alive_ = nullptr;
}

} // namespace stellwerk::io
