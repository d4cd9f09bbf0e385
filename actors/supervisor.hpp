#pragma once

#include "actors/control_server.hpp"
#include "actors/drain_messages.hpp"
#include "actors/environment.hpp"
#include "actors/io/worker.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stellwerk {

/// Why the process ends, told once.
enum class end_cause { drained, actor_lost };

/// What the supervisor starts and watches.
struct supervised {
  environment_ptr surroundings;
  std::vector<std::unique_ptr<io::worker>>* workers = nullptr; ///< Outlive it.
  /// A listener's settings with one port per worker.
  struct listening {
    listener_settings settings;
    std::vector<io::file_descriptor> ports;
  };
  std::vector<listening> listeners;
  std::shared_ptr<io::file_descriptor> control_port;
  std::shared_ptr<io::file_descriptor> admin_port; ///< Null: there is none.
  std::chrono::milliseconds drain_budget{};
  /// Called once, when all sessions have ended or nothing can go on.
  std::function<void(end_cause)> on_end;
  /// Called when every probe has been through once.
  std::function<void()> on_probed;
};

/// To the supervisor: open the doors. Sent when the probes are through or have had their time.
struct open_doors {};

/// Starts probes, then listeners and the control server, and watches all: what holds no state
/// is started again when it dies (`restart_pause`); without the router or a listener the
/// process ends.
///
///   open_doors                       The listeners begin to accept.
///   drain_request -> drain_report    Accepts nothing new, ends all sessions at safe points;
///   those
///                                    left after `budgets.drain` are cut. Then the process
///                                    ends.
caf::actor spawn_supervisor(caf::actor_system& system, supervised what);

/// A front that keeps one handle to the resolver, which is started again when it dies
/// (`restart_pause`); until then every answer is that there is none.
caf::actor spawn_resolver(io::worker& home, std::string servers);

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::open_doors)
