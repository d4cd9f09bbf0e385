#pragma once

#include <cstdint>

namespace stellwerk::io {

/// Something a worker calls on its own thread.
class event_handler {
public:
  /// `events` are epoll's bits; 0 when the handler had asked for a turn with `worker::defer`.
  virtual void on_events(std::uint32_t events) = 0;

protected:
  ~event_handler() = default;
};

/// Whoever waits for a stream: told after each change of its readiness.
class wakeable {
public:
  virtual void wake() = 0;

protected:
  ~wakeable() = default;
};

} // namespace stellwerk::io
