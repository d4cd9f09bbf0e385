#pragma once

#include <string_view>

namespace stellwerk::smtp {

/// The commands whose replies the session is told of.
enum class backend_command { authenticate, mail, rcpt, data, content, rset, noop, quit };
[[nodiscard]] std::string_view name(backend_command command);

/// Why a connection to a backend is of no use (any more).
enum class backend_fault {
  bad_greeting,           ///< Not 220.
  ehlo_refused,           ///< EHLO, and HELO where it was allowed.
  starttls_not_offered,   ///< Configured, but not announced.
  starttls_refused,       ///< Announced, but no 220.
  octets_behind_starttls, ///< Clear text that would be taken for TLS's (RFC 3207 section 4.2).
  xclient_not_offered,    ///< Configured, but not announced, or not for us.
  xclient_refused,        ///< Announced, but no 220.
  no_mechanism,           ///< None of ours, or not the one that a token came by.
  broken_exchange,        ///< The AUTH exchange went where none goes.
  shutting_down,          ///< 421, at any time.
  out_of_turn,            ///< A reply to nothing.
  unexpected_reply,       ///< One that the command cannot have, such as 354 to RCPT.
  malformed_reply,
  reply_too_long,
};
/// The enumerator's own word, for the log.
[[nodiscard]] std::string_view name(backend_fault fault);

} // namespace stellwerk::smtp
