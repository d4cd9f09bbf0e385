#pragma once

#include <chrono>
#include <map>
#include <optional>

namespace stellwerk::io {

class timer;
using clock = std::chrono::steady_clock;
using timer_queue = std::multimap<clock::time_point, timer*>;

/// One alarm on a worker; see `worker::arm`. Fires once, on the worker's thread.
class timer {
public:
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  [[nodiscard]] bool is_armed() const { return place_.has_value(); }
  /// When it fires; only while armed.
  [[nodiscard]] clock::time_point due() const { return (*place_)->first; }

protected:
  timer() = default;
  ~timer() = default;

private:
  friend class worker;
  virtual void on_timer() = 0;
  std::optional<timer_queue::iterator> place_;
};

} // namespace stellwerk::io
