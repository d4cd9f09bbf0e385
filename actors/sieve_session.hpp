#pragma once

#include "actors/dialogue_session.hpp"
#include "protocol/sieve/server_dialogue.hpp"
#include "protocol/sieve/session_tracker.hpp"

namespace stellwerk {

/// What a session of ManageSieve says.
struct sieve_protocol {
  using dialogue = sieve::server_dialogue;
  using login = sieve::login;
  using backend = sieve_backend;
  using tracker = sieve::session_tracker;

  static constexpr auto name = mail_protocol::sieve;
  static dialogue begin(session& of);
  static login_words words_of(const login_outcome& outcome);
  static std::string last_words(std::string_view why) { return sieve::bye(why); }
  static std::string late_words() { return sieve::bye("You were silent for too long."); }
};

using sieve_session = dialogue_session<sieve_protocol>;
extern template class dialogue_session<sieve_protocol>;

} // namespace stellwerk
