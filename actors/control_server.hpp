#pragma once

#include "actors/environment.hpp"
#include "actors/io/coroutine_actor.hpp"

#include <filesystem>
#include <memory>

namespace stellwerk {

/// Where the command line talks to the running proxy: a Unix socket, mode 0600, one line of
/// JSON each way per connection (actors/cli/README.md says which).
///
/// Supervision: holds the socket; the supervisor spawns it again with the same one.
class control_server final : public io::pinned_actor,
                             private io::event_handler,
                             private io::timer {
public:
  /// `port` listens; `supervisor` takes `drain_request`.
  control_server(caf::actor_config& config, environment_ptr surroundings,
                 std::shared_ptr<io::file_descriptor> port, caf::actor supervisor);

private:
  caf::behavior make_behavior() override;
  void on_exit() override;
  void on_events(std::uint32_t events) override;
  void on_timer() override;
  void begin_accepting();

  environment_ptr surroundings_;
  std::shared_ptr<io::file_descriptor> port_;
  caf::actor supervisor_;
};

/// Opens the socket; replaces one that a former process left. Throws std::system_error.
[[nodiscard]] io::file_descriptor open_control_port(const std::filesystem::path& path);

} // namespace stellwerk
