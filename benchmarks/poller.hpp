#pragma once

#include "benchmarks/socket.hpp"

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <span>

namespace stellwerk::benchmarks {

/// One level-triggered epoll; `who` is handed back with each event.
class poller {
public:
  void add(int number, void* who, std::uint32_t events) {
    control(EPOLL_CTL_ADD, number, who, events);
  }
  void change(int number, void* who, std::uint32_t events) {
    control(EPOLL_CTL_MOD, number, who, events);
  }

  /// Empty: nothing happened within `patience` (negative: waits for ever).
  [[nodiscard]] std::span<const epoll_event> wait(std::chrono::milliseconds patience) {
    for (;;) {
      const int count
          = epoll_wait(epoll_.number(), events_.data(), static_cast<int>(events_.size()),
                       static_cast<int>(patience.count()));
      if (count >= 0)
        return {events_.data(), static_cast<std::size_t>(count)};
      if (errno != EINTR)
        fail("epoll_wait");
    }
  }

private:
  void control(int what, int number, void* who, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = who;
    if (epoll_ctl(epoll_.number(), what, number, &event) != 0)
      fail("epoll_ctl");
  }

  descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  std::array<epoll_event, 256> events_{};
};

} // namespace stellwerk::benchmarks
