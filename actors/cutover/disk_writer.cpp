#include "actors/cutover/disk_writer.hpp"

#include <utility>

namespace stellwerk {

io::task<std::string> disk_writer::run(std::function<std::string()> write) {
  const auto number = ++writes_;
  disk_->post([number, write = std::move(write), who = caf::actor_cast<caf::actor>(&owner_)] {
    caf::anon_send(who, disk_written{number, write()});
  });
  while (written_.number != number)
    co_await owner_.event();
  co_return std::exchange(written_.problem, {});
}

void disk_writer::take(disk_written& came) {
  written_ = std::move(came);
  owner_.wake();
}

} // namespace stellwerk
