#pragma once

#include "protocol/pop3/backend_dialogue.hpp"
#include "protocol/pop3/server_dialogue.hpp"

#include <string_view>

/// Transcripts of POP3 dialogues, as `tests/support/dialogue_player.hpp` says.
namespace stellwerk::pop3::test {

/// We are the server.
void play(const server_settings& settings, std::string_view transcript);

/// We are the client.
void play(const backend_settings& settings, std::string_view transcript);

} // namespace stellwerk::pop3::test
