#pragma once

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace stellwerk {

/// For tests of what a power cut leaves behind: kills this process (SIGKILL) if the environment
/// names this point, as in STELLWERK_KILL_AT=flipped. Costs a look at the environment, at the
/// few steps of a move.
inline void kill_point(std::string_view name) {
  const char* wanted = std::getenv("STELLWERK_KILL_AT"); // NOLINT(concurrency-mt-unsafe)
  if (wanted != nullptr && name == wanted)
    static_cast<void>(std::raise(SIGKILL));
}

} // namespace stellwerk
