#pragma once

#include "actors/io/event_handler.hpp"
#include "actors/io/file_descriptor.hpp"
#include "actors/io/timer.hpp"

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace stellwerk::io {

/// One thread with one event loop that is a CAF execution unit: it runs the pinned actors
/// handed to it, the readiness of their sockets and their timers, all on that thread.
///
/// Only `exec_later`, `stop`, `now` and the pulse of another worker may be asked from
/// elsewhere; all else on the worker's own thread, or before `start`.
class worker final : public caf::execution_unit {
public:
  /// `index` counts from 0. Throws std::system_error if the kernel refuses the descriptors.
  worker(caf::actor_system& system, std::size_t index);
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  void start();
  /// Ends the loop and joins the thread. All actors pinned here must be done by then.
  void stop();
  /// One round of the loop as of `now`, without waiting: for a test whose thread stands in for
  /// the worker's, instead of `start`. False: there was nothing to do.
  bool turn(clock::time_point now);

  /// The worker whose thread this is, or nullptr.
  [[nodiscard]] static worker* current();
  [[nodiscard]] std::size_t index() const { return index_; }

  /// Thread-safe. Actors that are not pinned go to CAF's scheduler.
  void exec_later(caf::resumable* job) override;

  /// Asks for a sign of life: `has_pulse` is false until the loop has come round.
  void ask_pulse();
  [[nodiscard]] bool has_pulse() const { return !pulse_asked_; }

  /// Begins to report `events` (epoll bits) of `descriptor`. Throws std::system_error.
  void watch(int descriptor, std::uint32_t events, event_handler& handler);
  /// Changes what is reported of a watched descriptor.
  void rewatch(int descriptor, std::uint32_t events, event_handler& handler);
  /// Stops reporting, what this batch still holds for `handler` included. Call before closing.
  void forget(int descriptor, event_handler& handler);

  /// Calls `handler.on_events(0)` in the next round of the loop.
  void defer(event_handler& handler);
  /// Takes back a `defer` that has not run.
  void undefer(event_handler& handler);

  /// Sets or moves the alarm.
  void arm(timer& alarm, clock::time_point due);
  void disarm(timer& alarm);

  /// The time at which this round of the loop began.
  [[nodiscard]] clock::time_point now() const { return now_; }

  /// Room to read into, shared by all of this worker's streams: what is in it is lost at the
  /// next await. 256 KiB.
  [[nodiscard]] std::span<char> scratch() { return scratch_; }

  /// An empty buffer for what a peer doesn't take, with room from its last use; give it back.
  /// The allocator would otherwise be asked for 256 KiB at each stall, and its arena would
  /// grow.
  [[nodiscard]] std::string take_buffer() { return std::exchange(spare_buffer_, {}); }
  void give_back(std::string buffer) {
    buffer.clear();
    if (buffer.capacity() > spare_buffer_.capacity())
      spare_buffer_ = std::move(buffer);
  }

private:
  struct event {
    event_handler* handler;
    std::uint32_t events;
  };

  void run();
  int wait_milliseconds() const;
  void gather(int milliseconds);
  void work();
  void fire_timers();
  void run_deferred();
  void run_ready();
  void collect_inbox();

  std::size_t index_;
  file_descriptor epoll_;
  file_descriptor wake_;
  std::vector<char> scratch_;
  std::string spare_buffer_;
  clock::time_point now_ = clock::now();
  timer_queue timers_;
  std::vector<event> batch_;
  std::vector<event_handler*> deferred_;
  std::vector<event_handler*> running_deferred_;
  std::deque<caf::resumable*> ready_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> pulse_asked_{false};
  std::mutex mutex_;
  std::vector<caf::resumable*> inbox_;
  std::thread thread_;
};

} // namespace stellwerk::io
