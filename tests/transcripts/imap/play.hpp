#pragma once

#include "protocol/imap/backend_dialogue.hpp"
#include "protocol/imap/server_dialogue.hpp"

#include <string>
#include <string_view>

/// Transcripts of IMAP dialogues, as `tests/support/dialogue_player.hpp` says.
namespace stellwerk::imap::test {

/// We are the server; what we are told to accept is the status behind the tag.
void play(const server_settings& settings, std::string_view transcript);

/// We are the client. Untagged lines of an accepted login are shown as `-- passes LINE`.
void play(const backend_settings& settings, std::string_view transcript);

} // namespace stellwerk::imap::test
