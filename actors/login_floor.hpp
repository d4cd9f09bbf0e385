#pragma once

#include "actors/io/timer.hpp"

namespace stellwerk {

/// A backend has refused a login, `took` after the client had asked for it. Our own refusals
/// take as long from now on, up to 30 s. Any thread.
void note_backend_refusal(io::clock::duration took);

/// When a refusal of a login that came in at `asked` may be told: 3 s later, or as late as the
/// backend's last if that took longer, with up to 300 ms of jitter, so that an unknown login, a
/// wrong password and a wrong case can't be told apart by their time, and guessing is slow.
[[nodiscard]] io::clock::time_point refusal_due(io::clock::time_point asked);

} // namespace stellwerk
