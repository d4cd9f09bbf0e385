#pragma once

#include "protocol/imap/capability_list.hpp"
#include "protocol/sasl/credentials.hpp"

#include <string>

/// What the two dialogues ask of their session.
namespace stellwerk::imap {

/// The input is used up, or the dialogue waits for something else than octets.
struct need_more {};

/// Send these octets, go on. Toward a backend they may hold the password: never log them.
struct say {
  std::string text;
};

/// Send `text` (empty toward a backend), then begin the TLS handshake and tell the dialogue by
/// `on_tls_started`. If input is left then, drop the connection: octets in clear would pass for
/// octets under TLS (RFC 7457 section 2.2), so never hand any to the dialogue afterwards; of
/// those it is handed before it says `close` or `give_up`.
struct start_tls {
  std::string text;
};

/// Send these octets, which may be none, and close.
struct close {
  std::string text;
};

/// The client wants to log in; answer with `login_accepted` or `login_refused`.
struct login {
  sasl::credentials credentials;
};

/// A backend's yes to a login, ready to be passed on.
struct acceptance {
  /// Whole untagged lines that came before the tagged OK, in their order; may be empty.
  std::string untagged;
  /// What follows the tag, from `OK` on, without CRLF; `OK [CAPABILITY ...] Logged in`.
  std::string status;
  /// The capabilities told in either; empty if the backend would not tell.
  capability_list capabilities;
};

} // namespace stellwerk::imap
