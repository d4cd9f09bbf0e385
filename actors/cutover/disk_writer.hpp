#pragma once

#include "actors/io/coroutine_actor.hpp"
#include "actors/io/side_thread.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace stellwerk {

/// What became of one write to the disk.
struct disk_written {
  std::uint64_t number = 0;
  std::string problem; ///< Empty: it is there.
};

/// Writes on the disk's thread for one actor, which waits. That actor hands in each
/// `disk_written` it is sent.
class disk_writer {
public:
  disk_writer(io::coroutine_actor& owner, std::shared_ptr<io::side_thread> disk)
      : owner_{owner}, disk_{std::move(disk)} {}

  /// Runs what blocks, and gives what it returns: empty, or why it failed.
  io::task<std::string> run(std::function<std::string()> write);
  void take(disk_written& came);

private:
  io::coroutine_actor& owner_;
  std::shared_ptr<io::side_thread> disk_;
  std::uint64_t writes_ = 0;
  disk_written written_;
};

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::disk_written)
