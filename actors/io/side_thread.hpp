#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace stellwerk::io {

/// One thread for what blocks (files, fsync), so that no worker and no actor waits for a disk.
/// Jobs run in order and answer by message. What is queued when it ends still runs.
class side_thread {
public:
  using job = std::function<void()>;

  side_thread();
  ~side_thread();
  side_thread(const side_thread&) = delete;
  side_thread& operator=(const side_thread&) = delete;

  /// Any thread. The job must not throw.
  void post(job work);

private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<job> jobs_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace stellwerk::io
