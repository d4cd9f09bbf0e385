#pragma once
// Compiled once for all of actors/: CAF and spdlog take seconds each.
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <coroutine>
#include <memory>
#include <string>
#include <variant>
#include <vector>
