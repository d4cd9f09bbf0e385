#pragma once

#include "actors/provisioning/password_keeper.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <memory>

namespace stellwerk {

/// So long at most the passwd-file lags behind, and an operator's change of it is not seen.
inline constexpr std::chrono::seconds between_password_saves{5};

/// Lets the keeper save that often, until it is told to exit. Does nothing without one.
caf::actor spawn_password_saver(caf::actor_system& system,
                                std::shared_ptr<password_keeper> keeper);

} // namespace stellwerk
