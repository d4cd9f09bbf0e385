#pragma once

#include "actors/router.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

namespace stellwerk {

/// The certificate store's voice: watches the certificates in force and warns in the log 30,
/// 14, 7 and 1 days before their names end, and when they have.
///
///   standing   Whose certificates to watch.
caf::actor spawn_certificate_watch(caf::actor_system& system, const router& routes);

} // namespace stellwerk
