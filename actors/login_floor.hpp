#pragma once

#include "actors/io/timer.hpp"

namespace stellwerk {

/// When a refusal of a login that came in at `asked` may be told: 3 s later with up to 300 ms
/// of jitter, so that an unknown login, a wrong password and a wrong case can't be told apart
/// by their time, and guessing is slow.
[[nodiscard]] io::clock::time_point refusal_due(io::clock::time_point asked);

} // namespace stellwerk
