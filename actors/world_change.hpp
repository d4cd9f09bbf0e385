#pragma once

#include "actors/messages.hpp"
#include "actors/state_file.hpp"

#include <functional>
#include <set>
#include <string>

// What would take force next, worked out on the disk's thread: everything here blocks, and
// changes nothing but files.
namespace stellwerk {

/// What a change begins from.
struct change_ground {
  world_ptr now;
  lasting_state lasting;
  /// Domains that a move holds: the journal outranks routes.yaml for them.
  std::set<std::string> held;
};

/// The world that takes force, if any, and what a restart must know of it.
struct next_world {
  world_ptr now; ///< Null: nothing changes.
  lasting_state lasting;
};

/// May what `load` brings take force? The state file knows an epoch before anybody sees it. An
/// exception is a problem of the files.
struct reload_decision {
  reload_report report;
  next_world next;
};
[[nodiscard]] reload_decision
decide_reload(const change_ground& ground, const reload_request& asked,
              const std::function<load_outcome(const snapshot& in_force)>& load);

/// May this domain be in that phase? Changes its value in routes.yaml, then the state file.
struct phase_decision {
  phase_report report;
  next_world next;
};
[[nodiscard]] phase_decision decide_phase(const change_ground& ground,
                                          const phase_request& asked);

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::reload_decision)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::phase_decision)
