#pragma once

#include "actors/cli/arguments.hpp"

#include <functional>
#include <iosfwd>

namespace stellwerk::cli {

/// Runs `stellwerk serve`: reads the configuration itself, returns when the proxy has stopped.
using serve_function = std::function<exit_code(const arguments&)>;

/// The whole program but for the wiring of `serve`: parses the command line, does what it says,
/// prints results to `out` and problems to `err`. Never throws.
[[nodiscard]] exit_code run(int argc, const char* const* argv, const serve_function& serve,
                            std::ostream& out, std::ostream& err);

} // namespace stellwerk::cli
