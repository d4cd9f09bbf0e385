#include "actors/io/worker.hpp"

#include <caf/actor_system.hpp>
#include <caf/ref_counted.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>
#include <array>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>

namespace stellwerk::io {
namespace {

constexpr std::size_t scratch_octets = 256 * 1024;
constexpr std::size_t messages_per_turn = 50;
constexpr int events_per_wait = 256;

thread_local worker* current_worker = nullptr;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

} // namespace

worker::worker(caf::actor_system& system, std::size_t index)
    : caf::execution_unit{&system}, index_{index}, epoll_{::epoll_create1(EPOLL_CLOEXEC)},
      wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)}, scratch_(scratch_octets) {
  if (!epoll_.is_open() || !wake_.is_open())
    throw_errno("event loop");
  epoll_event interest{};
  interest.events = EPOLLIN;
  interest.data.ptr = nullptr; // Nobody's handler: the inbox.
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &interest) != 0)
    throw_errno("event loop");
}

worker::~worker() { stop(); }

worker* worker::current() { return current_worker; }

void worker::start() {
  thread_ = std::thread{[this] {
    current_worker = this;
    ::pthread_setname_np(::pthread_self(), ("worker " + std::to_string(index_)).c_str());
    run();
    current_worker = nullptr;
  }};
}

void worker::stop() {
  if (!thread_.joinable())
    return;
  stopping_ = true;
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

void worker::exec_later(caf::resumable* job) {
  if (job->subtype() != caf::resumable::io_actor) {
    system().scheduler().enqueue(job);
    return;
  }
  if (current() == this) {
    ready_.push_back(job);
    return;
  }
  bool first = false;
  {
    const std::lock_guard guard{mutex_};
    first = inbox_.empty();
    inbox_.push_back(job);
  }
  if (first)
    ::eventfd_write(wake_.get(), 1);
}

void worker::ask_pulse() {
  pulse_asked_ = true;
  ::eventfd_write(wake_.get(), 1);
}

void worker::watch(int descriptor, std::uint32_t events, event_handler& handler) {
  epoll_event interest{};
  interest.events = events;
  interest.data.ptr = &handler;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &interest) != 0)
    throw_errno("epoll_ctl");
}

void worker::rewatch(int descriptor, std::uint32_t events, event_handler& handler) {
  epoll_event interest{};
  interest.events = events;
  interest.data.ptr = &handler;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &interest) != 0)
    throw_errno("epoll_ctl");
}

void worker::forget(int descriptor, event_handler& handler) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  for (auto& pending : batch_)
    if (pending.handler == &handler)
      pending.handler = nullptr;
}

void worker::defer(event_handler& handler) { deferred_.push_back(&handler); }

void worker::undefer(event_handler& handler) {
  std::erase(deferred_, &handler);
  std::replace(running_deferred_.begin(), running_deferred_.end(), &handler,
               static_cast<event_handler*>(nullptr));
}

void worker::arm(timer& alarm, clock::time_point due) {
  disarm(alarm);
  alarm.place_ = timers_.emplace(due, &alarm);
}

void worker::disarm(timer& alarm) {
  if (alarm.place_)
    timers_.erase(*std::exchange(alarm.place_, std::nullopt));
}

int worker::wait_milliseconds() const {
  if (!ready_.empty() || !deferred_.empty())
    return 0;
  if (timers_.empty())
    return -1;
  const auto left
      = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first - clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
}

void worker::run() {
  while (!stopping_) {
    gather(wait_milliseconds());
    now_ = clock::now();
    work();
  }
}

bool worker::turn(clock::time_point now) {
  gather(0);
  now_ = now;
  const bool alarm_is_due = !timers_.empty() && timers_.begin()->first <= now_;
  if (batch_.empty() && !alarm_is_due && deferred_.empty() && ready_.empty())
    return false;
  work();
  return true;
}

void worker::gather(int milliseconds) {
  std::array<epoll_event, events_per_wait> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), events_per_wait, milliseconds);
  batch_.clear();
  for (int i = 0; i < count; ++i) {
    const auto& happened = events[static_cast<std::size_t>(i)];
    batch_.push_back({static_cast<event_handler*>(happened.data.ptr), happened.events});
    if (happened.data.ptr == nullptr)
      collect_inbox();
  }
}

void worker::work() {
  for (std::size_t i = 0; i < batch_.size();
       ++i) // By index: a handler may clear later entries.
    if (batch_[i].handler != nullptr)
      batch_[i].handler->on_events(batch_[i].events);
  batch_.clear();
  fire_timers();
  run_deferred();
  run_ready();
}

void worker::fire_timers() {
  while (!timers_.empty() && timers_.begin()->first <= now_) {
    auto& alarm = *timers_.begin()->second;
    disarm(alarm);
    alarm.on_timer();
  }
}

void worker::run_deferred() {
  running_deferred_.swap(deferred_);
  for (std::size_t i = 0; i < running_deferred_.size(); ++i)
    if (auto* handler = running_deferred_[i])
      handler->on_events(0);
  running_deferred_.clear();
}

void worker::collect_inbox() {
  eventfd_t count = 0;
  ::eventfd_read(wake_.get(), &count);
  pulse_asked_ = false;
  const std::lock_guard guard{mutex_};
  ready_.insert(ready_.end(), inbox_.begin(), inbox_.end());
  inbox_.clear();
}

void worker::run_ready() {
  for (auto turns = ready_.size(); turns > 0; --turns) {
    auto* job = ready_.front();
    ready_.pop_front();
    switch (job->resume(this, messages_per_turn)) {
      case caf::resumable::resume_later:
        ready_.push_back(job);
        break;
      case caf::resumable::shutdown_execution_unit:
        break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message:
        caf::intrusive_ptr_release(job);
        break;
    }
  }
}

} // namespace stellwerk::io
