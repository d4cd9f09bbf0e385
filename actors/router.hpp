#pragma once

#include "actors/flip_watch.hpp"
#include "actors/io/side_thread.hpp"
#include "actors/messages.hpp"
#include "actors/presence_book.hpp"
#include "actors/release_schedule.hpp"
#include "actors/world_change.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace stellwerk {

/// The drain budget of a wave is over.
struct drain_over {
  presence_book::wave told = 0;
};

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::drain_over)

namespace stellwerk {

/// Owns the world in force, the epoch and the presence book; alone publishes the next world.
///
///   enter           -> standing        Counts first, then answers. Never refuses. Who is
///                                      counted as parked is sent one `release_order` once a
///                                      later world does not hold it, spread over time.
///   leave                              The ticket's count ends.
///   get_standing    -> standing
///   subscribe                          `standing` goes to the listener now and at each change.
///   learned_service, learned_relay     What probes and sessions found out.
///   early_delivery                     Remembered until the domain begins to move anew.
///   reload_request  -> reload_report   Loads off this thread, one at a time; the rest wait.
///                                      Problems in files change nothing, nor does a state_dir
///                                      that takes no state: a restart's epoch would be lower.
///   phase_request  -> phase_report     In turn with the reloads. What a move holds, a reload
///                                      does not change.
///   move_ended                         From here on a reload changes it again.
///   misplaced_request -> std::size_t   A drain that counts zero is zero.
///   early_request  -> std::size_t      Recipients.
///   overview_request -> overview
///   kick_request    -> kick_report     Tells those sessions to end at a safe point; who still
///                                      stays when `budgets.drain` is over is cut.
///
/// Supervision: its death ends the process (exit 70): no session could decide anything any
/// more, and a restart loses nothing, since responsibility never rests with us.
using router = caf::typed_actor<
    caf::replies_to<enter>::with<standing>, caf::reacts_to<leave>,
    caf::replies_to<get_standing>::with<standing>, caf::reacts_to<subscribe>,
    caf::reacts_to<learned_service>, caf::reacts_to<learned_relay>,
    caf::reacts_to<early_delivery>, caf::replies_to<reload_request>::with<reload_report>,
    caf::reacts_to<reload_decision>, caf::replies_to<phase_request>::with<phase_report>,
    caf::reacts_to<phase_decision>, caf::reacts_to<move_ended>,
    caf::replies_to<misplaced_request>::with<std::size_t>,
    caf::replies_to<early_request>::with<std::size_t>,
    caf::replies_to<overview_request>::with<overview>,
    caf::replies_to<kick_request>::with<kick_report>, caf::reacts_to<drain_over>>;

struct router_state {
  /// Loads the files while a snapshot is in force; blocks, on the side thread.
  using load_world_function = std::function<load_outcome(const snapshot& in_force)>;

  world_ptr now;
  backend_facts_ptr facts = std::make_shared<const backend_facts>();
  lasting_state lasting;
  presence_book present;
  presence_book::wave drains = 0; ///< So many so far.
  release_schedule releases;
  std::map<std::string, std::size_t> early; ///< Deliveries, by domain.
  std::vector<caf::actor> subscribers;
  std::vector<std::string> warnings;

  std::shared_ptr<epoch_clock> clock;
  std::shared_ptr<flip_watch> flips;     ///< Told of each change of a phase.
  std::shared_ptr<io::side_thread> disk; ///< Works out changes, one at a time.
  load_world_function load;

  struct waiting_reload {
    reload_request what;
    caf::typed_response_promise<reload_report> answer;
  };
  struct waiting_phase {
    phase_request what;
    caf::typed_response_promise<phase_report> answer;
  };
  /// The first is being worked out on the side thread.
  std::deque<std::variant<waiting_reload, waiting_phase>> changes;
  std::set<std::string> held; ///< By moves.
};

/// `first` has its epoch already and `lasting` holds it; `found` are its warnings.
router::behavior_type run_router(router::stateful_pointer<router_state> self, world_ptr first,
                                 const diagnostics& found, lasting_state lasting,
                                 std::shared_ptr<epoch_clock> clock,
                                 std::shared_ptr<flip_watch> flips,
                                 std::shared_ptr<io::side_thread> disk,
                                 router_state::load_world_function load);

} // namespace stellwerk
