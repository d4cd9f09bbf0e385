#pragma once

#include "actors/dialogue_session.hpp"
#include "protocol/pop3/server_dialogue.hpp"
#include "protocol/pop3/session_tracker.hpp"

namespace stellwerk {

/// What a session of POP3 says.
struct pop3_protocol {
  using dialogue = pop3::server_dialogue;
  using login = pop3::login;
  using backend = pop3_backend;
  using tracker = pop3::session_tracker;

  static constexpr auto name = mail_protocol::pop3;
  static dialogue begin(session& of);
  static login_words words_of(const login_outcome& outcome);
  static std::string last_words(std::string_view why) { return pop3::not_now(why); }
  static std::string late_words() { return pop3::not_now("You were silent for too long."); }
};

using pop3_session = dialogue_session<pop3_protocol>;
extern template class dialogue_session<pop3_protocol>;

} // namespace stellwerk
