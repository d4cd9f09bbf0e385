#pragma once

#include "actors/environment.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <filesystem>
#include <string>

namespace stellwerk {

/// `recipients.json` in the state folder. Both block. A file that can't be read is as none.
[[nodiscard]] recipient_memory::records load_recipients(const std::filesystem::path& state_dir);
/// The reason if it failed, else empty.
[[nodiscard]] std::string save_recipients(const std::filesystem::path& state_dir,
                                          const recipient_memory::records& all);

/// Keeps the memory of recipients over a restart: reads it when it begins, writes what has
/// changed once a minute and when it ends; the flips' too, which were read before the router
/// began to tell of phases.
caf::actor spawn_recipient_keeper(caf::actor_system& system, environment_ptr surroundings);

} // namespace stellwerk
