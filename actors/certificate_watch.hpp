#pragma once

#include "actors/environment.hpp"
#include "actors/io/side_thread.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <filesystem>
#include <memory>

namespace stellwerk {

/// What the watch looks after.
struct watched_certificates {
  environment_ptr surroundings;
  std::shared_ptr<tls::server_context> server_tls;
  std::shared_ptr<io::side_thread> disk;
  std::filesystem::path state_dir;
};

/// The certificate store's voice and clock. Warns in the log 30, 14, 7 and 1 days before the
/// names of the certificates in force end, when they have, and when an OCSP response has become
/// too old. Draws new ticket keys every `ticket_keys::lifetime`, and keeps the counts of who
/// came under which name over a restart.
///
///   standing   Whose certificates to watch.
///
/// Nothing is decided here: a name is retired in every handshake by the clock.
caf::actor spawn_certificate_watch(caf::actor_system& system, watched_certificates what);

} // namespace stellwerk
