#pragma once

#include "benchmarks/socket.hpp"

#include <sys/timerfd.h>

#include <chrono>

namespace stellwerk::benchmarks {

/// A descriptor that turns readable at a steady pace, more finely than epoll's milliseconds.
class ticker {
public:
  explicit ticker(std::chrono::nanoseconds pace) {
    itimerspec often{};
    often.it_interval.tv_sec = pace.count() / 1'000'000'000;
    often.it_interval.tv_nsec = pace.count() % 1'000'000'000;
    often.it_value = often.it_interval;
    if (timer_.number() < 0 || timerfd_settime(timer_.number(), 0, &often, nullptr) != 0)
      fail("timerfd");
  }

  [[nodiscard]] int number() const { return timer_.number(); }

  /// Unreadable again until the next tick.
  void take() {
    std::uint64_t ticks = 0;
    if (::read(timer_.number(), &ticks, sizeof ticks) < 0 && errno != EAGAIN)
      fail("timerfd");
  }

private:
  descriptor timer_{timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)};
};

} // namespace stellwerk::benchmarks
