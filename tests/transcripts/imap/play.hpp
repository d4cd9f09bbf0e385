#pragma once

#include "protocol/imap/backend_dialogue.hpp"
#include "protocol/imap/server_dialogue.hpp"

#include <string>
#include <string_view>

/// Transcripts of IMAP dialogues: `C:` what the client says, `S:` what the server says, `--`
/// what happens around it. Lines end in CRLF unless marked `C-:`; `C+:` is sent together with
/// the next line. Octets outside 0x20 to 0x7E are written `<FC>`.
///
/// At the end `-- left OCTETS` shows input that nobody took,
/// unless the connection ends. Each transcript is played whole and cut into slices of 1, 2, 3
/// and 7 octets; all must match.
namespace stellwerk::imap::test {

/// We are the server. Orders: `-- tls started`, `-- refuse [CODE] text`, `-- refuse token ERROR
/// [CODE] text`, `-- accept STATUS`.
/// Events: `-- login MECHANISM name password`, `-- start tls`, `-- close`.
void play(const server_settings& settings, std::string_view transcript);

/// We are the client. Orders: `-- tls started`, `-- log in name password`, `-- log in with
/// MECHANISM name message`, `-- log out`.
/// Events:
/// `-- start tls`, `-- ready CAPABILITIES`, `-- accepted STATUS` (untagged lines as `-- passes
/// LINE` before), `-- refused [CODE] text` (`-- token ERROR` before), `-- unavailable why`, `--
/// give up why`.
void play(const backend_settings& settings, std::string_view transcript);

} // namespace stellwerk::imap::test
