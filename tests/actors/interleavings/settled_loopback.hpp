#pragma once

#include "actors/io/file_descriptor.hpp"

#include <sched.h>

namespace stellwerk::test {

/// Makes the machine's own network as prompt as a function call. What is sent over the loopback
/// waits its turn in a queue of the sender's core, as a rule until the system call returns, but
/// longer on a busy machine. So the test's thread stays on one core, and what it sends to
/// itself comes behind all that was sent before.
class settled_loopback {
public:
  settled_loopback();
  ~settled_loopback();
  settled_loopback(const settled_loopback&) = delete;
  settled_loopback& operator=(const settled_loopback&) = delete;

  /// All that was sent has arrived when this returns.
  void settle() const;

private:
  io::file_descriptor socket_;
  cpu_set_t before_{};
};

} // namespace stellwerk::test
