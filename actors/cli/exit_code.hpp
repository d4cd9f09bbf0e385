#pragma once

namespace stellwerk::cli {

/// What the process says to the shell, after sysexits(3).
enum class exit_code : int {
  done = 0,
  usage = 64,         ///< The command line is wrong.
  no_proxy = 69,      ///< Nothing answers on the control socket.
  our_bug = 70,       ///< Something happened that cannot.
  refused = 75,       ///< Refused or undone for now; try again later.
  configuration = 78, ///< A file is wrong.
};

} // namespace stellwerk::cli
