#pragma once

#include "actors/io/pinned_actor.hpp"
#include "actors/io/task.hpp"

#include <caf/error.hpp>
#include <caf/send.hpp>

#include <memory>
#include <optional>

namespace stellwerk::io {

/// A pinned actor whose life is one coroutine, `run`, with one waiting point, `event`.
///
/// Readiness of a stream, a message, a timer: each resumes that point, and whoever waits looks
/// again at what it waits for. The actor ends when `run` does; when the actor ends first (exit
/// message) the frame is destroyed, and its destructors close everything. An exception out of
/// `run` reaches `on_failure` and ends this actor alone.
class coroutine_actor : public pinned_actor,
                        public wakeable,
                        private timer,
                        private event_handler {
public:
  explicit coroutine_actor(caf::actor_config& config) : pinned_actor{config} {}

  /// Resumes the coroutine if it waits; on the worker's thread.
  void wake() override;
  resume_result resume(caf::execution_unit* unit, std::size_t max_throughput) override;
  void on_exit() override;

  /// Awaits the next event of any kind, or `until` if that is sooner.
  auto event(clock::time_point until = clock::time_point::max()) {
    struct awaiter {
      coroutine_actor& self;
      clock::time_point until;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiting) { self.suspend(waiting, until); }
      void await_resume() const noexcept {}
    };
    return awaiter{*this, until};
  }

  /// Asked before each wait of a part of this actor (a leg, a connection): throws if there is
  /// to be no further waiting.
  virtual void look_at_orders() const {}

  /// Lets the others of this worker have their turn.
  auto yield() {
    home().defer(*this);
    return event();
  }

  [[nodiscard]] clock::time_point now() const { return home().now(); }

  /// Asks another actor and waits for its answer; nothing if it refused or is gone. No budget
  /// of its own: for actors of this process that always answer.
  template <class Answer, class Handle, class... Question>
  task<std::optional<Answer>> ask(Handle whom, Question... question) {
    struct slot {
      bool answered = false;
      std::optional<Answer> answer;
    };
    auto reply = std::make_shared<slot>(); // May outlive this frame.
    request(whom, caf::infinite, std::move(question)...)
        .then(
            [this, reply](Answer& answer) {
              reply->answered = true;
              reply->answer = std::move(answer);
              wake();
            },
            [this, reply](caf::error&) {
              reply->answered = true;
              wake();
            });
    while (!reply->answered)
      co_await event();
    co_return std::move(reply->answer);
  }

protected:
  /// The actor's life. Begins in the round of the loop after the spawn.
  virtual task<void> run() = 0;
  /// Which messages it takes; at least one handler.
  virtual caf::behavior messages() = 0;
  /// Called with what `run` threw. Must not throw.
  virtual void on_failure(std::exception_ptr thrown) noexcept = 0;

private:
  caf::behavior make_behavior() final;
  void suspend(std::coroutine_handle<> waiting, clock::time_point until);
  void on_timer() override;
  void on_events(std::uint32_t events) override;
  void finish_if_done();

  task<void> root_;
  std::coroutine_handle<> waiting_;
  caf::strong_actor_ptr alive_;
  bool started_ = false;
  bool inside_resume_ = false;
};

} // namespace stellwerk::io
