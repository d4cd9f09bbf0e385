#pragma once

#include "protocol/sieve/backend_dialogue.hpp"
#include "protocol/sieve/server_dialogue.hpp"

#include <string_view>

/// Transcripts of ManageSieve dialogues, as `tests/support/dialogue_player.hpp` says.
namespace stellwerk::sieve::test {

/// We are the server.
void play(const server_settings& settings, std::string_view transcript);

/// We are the client.
void play(const backend_settings& settings, std::string_view transcript);

} // namespace stellwerk::sieve::test
