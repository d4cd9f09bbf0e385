#include "actors/io/side_thread.hpp"

namespace stellwerk::io {

side_thread::side_thread() : thread_{[this] { run(); }} {}

side_thread::~side_thread() {
  {
    const std::lock_guard guard{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void side_thread::post(job work) {
  {
    const std::lock_guard guard{mutex_};
    jobs_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void side_thread::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty())
      return;
    auto work = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

} // namespace stellwerk::io
