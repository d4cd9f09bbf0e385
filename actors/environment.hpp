#pragma once

#include "actors/connection_ledger.hpp"
#include "actors/cutover/move_ledger.hpp"
#include "actors/cutover/mx_memory.hpp"
#include "actors/failed_logins.hpp"
#include "actors/flip_watch.hpp"
#include "actors/metrics/counts.hpp"
#include "actors/occurrence_ledger.hpp"
#include "actors/place_ledger.hpp"
#include "actors/recipient_memory.hpp"
#include "actors/relay_probes.hpp"
#include "actors/router.hpp"
#include "actors/tls/certificate_ledger.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

namespace stellwerk {

class carried_accounts;
class finding_keeper;
class password_keeper;

/// How far the process has come.
enum class stage : std::uint8_t { starting, serving, draining };

/// What sessions and probes need of the process; made once, outlives them all.
struct environment {
  stellwerk::router router;
  caf::actor resolver; ///< Takes io::resolve_request and io::mx_request.
  std::shared_ptr<const epoch_clock> clock;
  std::shared_ptr<const tls::server_context> server_tls;
  std::string hostname;
  std::string instance;                  ///< In loop marks.
  std::shared_ptr<io::side_thread> disk; ///< For what blocks.
  std::filesystem::path state_dir;
  connection_ledger connections;
  place_ledger strangers;
  failed_logins failures;
  move_ledger moves;
  recipient_memory recipients;
  mx_memory mx_seen;
  relay_probes probes;
  std::shared_ptr<flip_watch> flips = std::make_shared<flip_watch>();
  place_ledger parked;
  tls::certificate_ledger certificate_uses;
  occurrence_ledger
      refusals; ///< Who still comes to `tls: refuse` listeners, by their addresses.
  occurrence_ledger exceptions; ///< Uses, by `name_of` an exception.
  // Null where a test has no need of them.
  std::shared_ptr<carried_accounts> carried;
  std::shared_ptr<finding_keeper> findings;
  std::shared_ptr<password_keeper> passwords; ///< Null: no provisioning.
  std::atomic<std::uint64_t> next_ticket{1};
  metrics::counts counted;
  std::atomic<stellwerk::stage> stage{stellwerk::stage::starting};
};
using environment_ptr = std::shared_ptr<environment>;

} // namespace stellwerk
