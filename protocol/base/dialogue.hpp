#pragma once

#include <string>

/// What the dialogues of IMAP, POP3 and ManageSieve ask of their session, each protocol under
/// its own name.
namespace stellwerk::dialogue {

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

/// When a backend's connection is under TLS.
enum class backend_tls { none, starttls, implicit };

/// The backend's capabilities are known; call `login` or `log_out`.
struct ready_for_login {};

/// The backend said yes, in these words, at most 200 octets. What follows in the input is for
/// the client.
struct accepted {
  std::string text;
};

/// The backend said no to the credentials. `code` is its response code without brackets, or
/// empty; see `is_temporary`. The text is for the client alone: it might repeat what we sent.
/// `error` is what it said of a token before, see `sasl::refusal_challenge`. Another `login`
/// may follow.
struct refused {
  std::string code;
  std::string text;
  std::string error{};
};

/// The backend cannot judge logins now (it closes, or answers before it had the password): a
/// temporary answer, never a failed login. `why` is for the log, holds octets of the backend
/// and no secret.
struct unavailable {
  std::string why;
};

/// This is no backend we can use: it breaks the protocol or lacks what is configured. Toward
/// the client the same as `unavailable`.
struct give_up {
  std::string why;
};

} // namespace stellwerk::dialogue
