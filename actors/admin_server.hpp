#pragma once

#include "actors/environment.hpp"
#include "actors/io/coroutine_actor.hpp"

#include <memory>

namespace stellwerk {

/// The admin listener: `GET /metrics` (Prometheus) and `GET /healthz`, which answers 200 while
/// the router answers and the doors are open, else 503 with a word why. One request per
/// connection, `max_callers` at once; who is slow or one too many is closed.
///
/// Supervision: holds the port; the supervisor spawns it again with the same one.
class admin_server final : public io::pinned_actor,
                           private io::event_handler,
                           private io::timer {
public:
  static constexpr std::size_t max_callers = 16;

  /// `port` listens.
  admin_server(caf::actor_config& config, environment_ptr surroundings,
               std::shared_ptr<io::file_descriptor> port);

private:
  caf::behavior make_behavior() override;
  void on_exit() override;
  void on_events(std::uint32_t events) override;
  void on_timer() override;
  void begin_accepting();

  environment_ptr surroundings_;
  std::shared_ptr<io::file_descriptor> port_;
  std::shared_ptr<std::size_t> callers_ = std::make_shared<std::size_t>(0);
};

/// Opens the port for itself alone; names are looked up. Throws std::system_error whose text
/// names the address.
[[nodiscard]] io::file_descriptor open_admin_port(const endpoint& listen);

} // namespace stellwerk
