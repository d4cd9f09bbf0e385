#pragma once

#include "actors/cli/arguments.hpp"
#include "actors/cli/exit_code.hpp"

namespace stellwerk {

/// `stellwerk serve`: loads the files, binds the ports, runs until drained (SIGTERM, SIGINT or
/// the command). SIGHUP reloads. Problems go to stderr before anything is started.
[[nodiscard]] cli::exit_code serve(const cli::arguments& asked);

} // namespace stellwerk
