#pragma once

#include "protocol/base/line_splitter.hpp"
#include "protocol/sasl/exchange.hpp"
#include "protocol/sasl/mechanism_set.hpp"
#include "protocol/smtp/command.hpp"
#include "protocol/smtp/reply.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::smtp {

enum class role {
  submission, ///< MAIL needs a login (RFC 6409).
  delivery,   ///< Other servers hand mail in; a login is possible where `offers_auth`.
};

struct server_settings {
  std::string hostname;
  smtp::role role = smtp::role::delivery;
  bool tls_active = false; ///< From the first octet (implicit TLS).
  bool offers_starttls = false;
  bool tls_required = true; ///< Before TLS nearly everything is refused, 530 5.7.0.
  bool offers_auth = false; ///< Ever only announced and taken under TLS.
  /// What both backends offer: of it tokens are announced, PLAIN and LOGIN in any case.
  sasl::mechanism_set auth_of_backends{};
  /// What SIZE announces, in octets; nothing: not announced, 0: announced, no limit.
  std::optional<std::uint64_t> size_limit{};
  bool eight_bit_mime = false;
  bool smtputf8 = false;
  bool dsn = false;
  std::size_t max_line_octets = 12288; ///< CRLF included; RFC 4954 section 4 asks for 12288.
  std::size_t max_recipients = 1000;   ///< Accepted ones in a transaction.
};

/// What the session does next. `text` is octets for the client, CRLF included.
namespace event {
struct need_more {}; ///< Hand in more input, or what is owed (see `take`).
struct say {
  std::string text;
};
/// Send the text. If input is left then, drop the connection (command injection). Else shake
/// hands and call `on_tls_started`.
struct start_tls {
  std::string text;
};
// The session hands the final reply to `answer`:
struct authenticate {
  sasl::credentials credentials;
};
struct mail {
  mail_command command;
};
struct rcpt {
  rcpt_command command;
};
struct data {}; ///< The answer is 354, or a refusal.
/// Octets of content follow (BDAT). They are read by `take_chunk`, whatever is said to them;
/// the session hands the reply to `chunk_answer` once all are taken.
struct chunk {
  bool is_first = false; ///< Of its message.
  bool is_last = false;
  std::uint64_t octets = 0;
  /// Set: they are thrown away, and this is the reply.
  std::optional<reply> refusal{};
};
/// The client gave up the open transaction. Answer 250 when the backend's is gone too.
struct reset {};
/// Send the text and close. Nothing is taken afterwards.
struct close {
  std::string text;
};
} // namespace event

using server_event = std::variant<event::need_more, event::say, event::start_tls,
                                  event::authenticate, event::mail, event::rcpt, event::data,
                                  event::chunk, event::reset, event::close>;

/// The SMTP server a client talks to (RFC 5321, 6409, 3207, 4954, 2920, 2034, 3030), up to and
/// after the message content, not within.
///
/// What needs nobody else is answered here (`say`); for the rest the session asks the router or
/// the backend and hands the reply to `answer`. Session and transaction are two objects; RSET
/// and EHLO end only the second.
class server_dialogue {
public:
  explicit server_dialogue(server_settings settings);

  /// The first octets to the client.
  [[nodiscard]] std::string greeting() const;

  /// Takes ONE command (or SASL line) off the front of `input` and leaves what the client has
  /// pipelined behind it. Nothing is taken while an answer, TLS or the content's reply is owed,
  /// and after `close`.
  [[nodiscard]] server_event take(std::string_view& input);

  /// The final reply to `authenticate`, `mail`, `rcpt`, `data` or `reset`; returns the octets
  /// for the client. 2xx and 354 move the dialogue on. After a 421 the session closes.
  /// A refused token is told of by a challenge first (`sasl::refusal_challenge`), for which
  /// `error` is what the backend said.
  [[nodiscard]] std::string answer(const reply& reply, std::string_view error = {});

  /// The reply after the content; the transaction is over either way.
  [[nodiscard]] std::string content_answer(const reply& reply);

  /// The octets of the chunk at the front of `input`, taken off it.
  [[nodiscard]] std::string_view take_chunk(std::string_view& input);
  /// How many of them are still to come.
  [[nodiscard]] std::uint64_t chunk_octets_left() const { return chunk_left_; }
  /// The reply to a chunk that was taken whole. After a refusal the message has failed: the
  /// client may have sent more chunks of it, which are refused alike, without the session's
  /// transaction; the last one ends it, or RSET.
  [[nodiscard]] std::string chunk_answer(const reply& reply);

  /// Everything learned in clear is forgotten, EHLO included (RFC 3207 section 4.2).
  void on_tls_started();

  /// What the client calls itself; empty before EHLO or HELO.
  [[nodiscard]] const std::string& helo_name() const { return session_.helo_name; }
  /// Did it say EHLO?
  [[nodiscard]] bool is_esmtp() const { return session_.esmtp; }
  [[nodiscard]] bool is_tls_active() const { return settings_.tls_active; }
  /// Did it try to log in, or to submit, before TLS stood?
  [[nodiscard]] bool has_tried_login_in_clear() const { return session_.tried_login_in_clear; }
  /// Was mail of another server refused because TLS did not stand?
  [[nodiscard]] bool has_tried_mail_in_clear() const { return session_.tried_mail_in_clear; }
  [[nodiscard]] bool is_authenticated() const { return session_.authenticated; }
  /// Has a MAIL been accepted whose transaction is not over?
  [[nodiscard]] bool is_transaction_open() const { return transaction_.has_value(); }
  /// Recipients accepted in the open transaction.
  [[nodiscard]] std::size_t accepted_recipients() const {
    return transaction_ ? transaction_->recipients : 0;
  }
  /// Was 354 answered and the content's reply not yet?
  [[nodiscard]] bool is_content_owed() const { return owed_ == owed::content; }
  /// What SIZE has promised, in octets; 0: no limit.
  [[nodiscard]] std::uint64_t size_limit() const { return settings_.size_limit.value_or(0); }
  /// Is the client between two commands: no answer owed, no line or SASL exchange begun?
  [[nodiscard]] bool is_between_commands() const;

private:
  struct session {
    std::string helo_name{};
    bool esmtp = false;
    bool authenticated = false;
    bool tried_login_in_clear = false;
    bool tried_mail_in_clear = false;
  };
  struct transaction {
    bool smtputf8 = false;
    std::size_t recipients = 0;     // Accepted.
    bool deferred = false;          // At least one more may be accepted later.
    bool chunked = false;           // A chunk has been accepted.
    std::uint64_t octets = 0;       // In chunks.
    std::optional<reply> failure{}; // What a chunk was refused with.
  };
  /// What the session owes before the next command is taken.
  enum class owed { nothing, login, mail, rcpt, data, rset, ehlo, content, chunk, tls, end };

  friend struct server_verbs; // The table of commands, in server_verbs.cpp.

  server_event on_line(std::string_view line);
  server_event on_sasl(sasl::step step);
  server_event refuse(const reply& reply);
  server_event close(const reply& reply);

  server_settings settings_;
  line_splitter lines_;
  session session_{};
  std::optional<transaction> transaction_{};
  std::optional<sasl::exchange> exchange_{};
  sasl::mechanism mech_ = sasl::mechanism::plain; // Of the login that is undecided.
  std::optional<reply> refusal_{};                // Said behind the client's last answer.
  owed owed_ = owed::nothing;
  bool asked_smtputf8_ = false;  // By the MAIL that is being answered.
  std::uint64_t chunk_left_ = 0; // Octets not taken yet.
  bool chunk_is_last_ = false;
  std::size_t errors_ = 0;
};

} // namespace stellwerk::smtp
