#pragma once

#include "protocol/smtp/server_dialogue.hpp"

namespace stellwerk::smtp {

/// The commands of `server_dialogue`: one table row per verb.
struct server_verbs {
  /// Runs one command line (without CRLF), or says why not.
  static server_event run(server_dialogue& dialogue, std::string_view line);

  /// What EHLO or HELO is answered at this point of the session.
  static reply greet_back(const server_dialogue& dialogue);

private:
  struct table;
};

} // namespace stellwerk::smtp
