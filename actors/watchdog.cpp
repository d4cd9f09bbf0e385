#include "actors/watchdog.hpp"

#include "actors/io/notify_socket.hpp"
#include "actors/log/log.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace stellwerk {
namespace {

/// A whole number above 0, or nothing.
std::optional<std::int64_t> number_in(const char* name) {
  const char* text = std::getenv(name);
  std::int64_t number = 0;
  if (text == nullptr)
    return std::nullopt;
  const auto* end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, number);
  if (read.ec != std::errc{} || read.ptr != end || number <= 0)
    return std::nullopt;
  return number;
}

} // namespace

std::optional<std::chrono::milliseconds> watchdog_interval() {
  const auto microseconds = number_in("WATCHDOG_USEC");
  const auto meant = number_in("WATCHDOG_PID");
  if (!microseconds || (meant && *meant != ::getpid()))
    return std::nullopt;
  const auto quarter = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::microseconds{*microseconds / 4});
  return std::max(quarter, std::chrono::milliseconds{10});
}

pulse::pulse(const std::vector<std::unique_ptr<io::worker>>& workers,
             std::function<void(answer)> ask_router)
    : workers_{workers}, ask_router_{std::move(ask_router)} {
  ask();
}

void pulse::ask() {
  for (const auto& one : workers_)
    one->ask_pulse();
  router_answered_ = std::make_shared<std::atomic<bool>>(false);
  ask_router_(router_answered_);
}

std::string pulse::silent() const {
  for (const auto& one : workers_)
    if (!one->has_pulse())
      return "worker " + std::to_string(one->index());
  return *router_answered_ ? "" : "router";
}

bool pulse::beat() {
  if (!silent().empty())
    return false;
  ask();
  return true;
}

watchdog::watchdog(pulse of)
    : pulse_{std::move(of)},
      interval_{watchdog_interval().value_or(std::chrono::milliseconds{0})}, due_{clock::now()
                                                                                  + interval_} {
}

int watchdog::wait_milliseconds() const {
  if (interval_.count() == 0)
    return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, interval_.count()));
}

void watchdog::look() {
  if (interval_.count() == 0 || clock::now() < due_)
    return;
  due_ = clock::now() + interval_;
  if (pulse_.beat()) {
    said_silent_ = false;
    io::notify_service_manager("WATCHDOG=1");
  } else if (!std::exchange(said_silent_, true)) {
    log::write(log::event::watchdog_silent,
               {{"who", pulse_.silent()}, {"longer_than_ms", interval_.count()}});
  }
}

} // namespace stellwerk
