#pragma once

#include "actors/cutover/hook_output.hpp"
#include "actors/io/event_handler.hpp"
#include "actors/io/file_descriptor.hpp"
#include "actors/io/worker.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stellwerk {

/// One command of the operator, run without a shell in a process group of its own. What it
/// prints (both outputs) comes as lines. Its owner is woken by lines and by its end. When the
/// command ends, or this object goes while it runs, the whole group is killed: nothing of it
/// may work on mailboxes that people are back in. When our process dies, the kernel kills the
/// command; `end_leftover_hooks` finds its helpers at the next start.
class hook_process final : private io::event_handler {
public:
  hook_process(io::worker& home, io::wakeable& owner) : home_{home}, owner_{owner} {}
  ~hook_process() { end(); }
  hook_process(const hook_process&) = delete;
  hook_process& operator=(const hook_process&) = delete;

  using variables = std::vector<std::pair<std::string, std::string>>;
  /// `words` are the program and its arguments; `added` joins our environment. The working
  /// folder is `folder`. Why it could not be started, else empty.
  [[nodiscard]] std::string start(const std::vector<std::string>& words, const variables& added,
                                  const std::string& folder);

  /// What it has printed since the last call, without line ends; a line above 1,024 octets is
  /// cut. Complete once it has ended, as `hook_output` says.
  [[nodiscard]] std::vector<std::string> take_lines();
  /// Empty while it runs; then `exit 3`, `signal 9`, or `exit 0`, which alone is success.
  [[nodiscard]] const std::optional<std::string>& ended() const { return ended_; }
  [[nodiscard]] bool succeeded() const { return ended_ == "exit 0"; }

  /// Kills the group, if it still runs.
  void end();

private:
  void on_events(std::uint32_t events) override;
  void read_output();
  void reap();
  void keep(std::string_view octets);

  io::worker& home_;
  io::wakeable& owner_;
  int process_ = 0;
  io::file_descriptor watched_; ///< Of the process (pidfd).
  io::file_descriptor output_;
  std::string line_;
  hook_output lines_;
  std::optional<std::string> ended_;
};

} // namespace stellwerk
