#pragma once

#include <exception>
#include <string_view>

namespace stellwerk::log {

/// Writes `actor_died` with what `thrown` says, for an actor that a fault of ours has ended.
void note_death(std::string_view actor, std::exception_ptr thrown) noexcept;

} // namespace stellwerk::log
