#pragma once

#include "actors/cli/control_client.hpp"

#include <iosfwd>
#include <string>

namespace stellwerk::cli {

/// Tells the progress of a move: on a terminal what is still being waited for stays on one
/// line; elsewhere every change is a line.
class move_ticker {
public:
  /// Looks whether `out` is the process's standard output, and that a terminal.
  explicit move_ticker(std::ostream& out);

  void show(const json& progress);
  /// The line that was left open ends.
  void finish();

private:
  std::ostream& out_;
  bool is_terminal_;
  bool line_is_open_ = false;
};

/// One line, without its end: `example.org  drain  waits for ... (3 left, 14m52s of budget)`.
[[nodiscard]] std::string progress_text(const json& progress);

} // namespace stellwerk::cli
