#pragma once

#include "actors/io/side_thread.hpp"

#include <future>
#include <memory>
#include <semaphore>

namespace stellwerk::test {

/// The disk's thread, which works only while `work` waits for it: so what it answers arrives
/// when a test says so, and no two threads ever run at once.
class slow_disk {
public:
  slow_disk() { hold(); }
  ~slow_disk() {
    let_work([] {});
  }
  slow_disk(const slow_disk&) = delete;
  slow_disk& operator=(const slow_disk&) = delete;

  [[nodiscard]] const std::shared_ptr<io::side_thread>& thread() const { return thread_; }

  /// All that was posted is done when this returns; new work waits again.
  void work() {
    let_work([this] { hold(); });
  }

private:
  void hold() {
    thread_->post([this] { gate_.acquire(); });
  }
  template <class Then> void let_work(Then then) {
    std::promise<void> done;
    thread_->post([&done] { done.set_value(); });
    then();
    gate_.release();
    done.get_future().wait();
  }

  std::binary_semaphore gate_{0};
  std::shared_ptr<io::side_thread> thread_ = std::make_shared<io::side_thread>();
};

} // namespace stellwerk::test
