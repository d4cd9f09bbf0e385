#pragma once

#include "protocol/sasl/client_exchange.hpp"
#include "protocol/sasl/credentials.hpp"
#include "protocol/smtp/backend_words.hpp"
#include "protocol/smtp/envelope_lines.hpp"
#include "protocol/smtp/features.hpp"
#include "protocol/smtp/reply.hpp"
#include "protocol/smtp/xclient.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::smtp {

enum class backend_tls {
  none,
  starttls, ///< Never on without it.
  implicit, ///< The session shakes hands before the greeting.
};

struct backend_settings {
  std::string our_name{}; ///< For EHLO.
  backend_tls tls = backend_tls::none;
  std::optional<xclient_attributes> xclient{}; ///< Set: never on without XCLIENT.
  bool authenticates = false;                  ///< `authenticate` will be called.
};

/// What the session does next.
namespace step {
struct need_more {}; ///< Read on.
/// Send it. A secret is for the wire only: no log, and overwrite it afterwards.
struct say {
  std::string text; ///< CRLF included.
  bool is_secret = false;
};
struct start_tls {}; ///< Shake hands, check the certificate, call `on_tls_started`.
/// The backend waits for credentials or an envelope. Compare the epoch now.
struct ready {};
struct answered {
  backend_command to;
  reply said;
};
/// Close the connection. For the client that is temporary, always.
struct give_up {
  backend_fault why;
  std::optional<reply> said{}; ///< The reply that was the cause.
};
} // namespace step

using backend_step = std::variant<step::need_more, step::say, step::start_tls, step::ready,
                                  step::answered, step::give_up>;

/// The SMTP client that talks to a backend (RFC 5321, 3207, 4954, 2920; Postfix XCLIENT).
///
/// Leads from the greeting to `ready`: EHLO, STARTTLS, EHLO, XCLIENT, EHLO. Then the session
/// gives commands and is told the replies in order. What was announced in clear is forgotten
/// after STARTTLS. HELO is tried only where nothing is asked of the backend.
class backend_dialogue {
public:
  explicit backend_dialogue(backend_settings settings);

  /// Takes octets off the front of `input` up to one step or its end (`need_more`). Before
  /// `ready` each reply must be alone: the backend does not speak unasked. `give_up` is final.
  [[nodiscard]] backend_step take(std::string_view& input);

  /// TLS stands after `start_tls`.
  [[nodiscard]] backend_step on_tls_started();

  /// What the last EHLO said: what holds for commands from `ready` on.
  [[nodiscard]] const features& offered() const { return offered_; }

  // After `ready` only. Each returns what to send; its reply comes as `answered`.

  /// A password by AUTH PLAIN, or AUTH LOGIN if only that is offered; a token by the mechanism
  /// it came by, and nothing if the backend has not that: no reply will come. Both answers may
  /// be followed by a further login. Judge the reply with `is_login_refusal`.
  [[nodiscard]] std::optional<step::say> authenticate(const sasl::credentials& login);

  /// What the backend said of the last login's token, in Base 64; see
  /// `sasl::refusal_challenge`.
  [[nodiscard]] const std::string& token_error() const { return token_error_; }

  /// If an extension is lost there is nothing to send and no reply to come.
  [[nodiscard]] envelope_line mail(const mail_command& command);
  [[nodiscard]] envelope_line rcpt(const rcpt_command& command);

  /// The answer is 354, or a refusal.
  [[nodiscard]] std::string data() { return send(backend_command::data, "DATA\r\n"); }
  /// The final dot has been sent: a reply is owed to the content.
  void content_sent() { pending_.push_back(backend_command::content); }
  [[nodiscard]] std::string rset() { return send(backend_command::rset, "RSET\r\n"); }
  [[nodiscard]] std::string noop() { return send(backend_command::noop, "NOOP\r\n"); }
  [[nodiscard]] std::string quit() { return send(backend_command::quit, "QUIT\r\n"); }

  /// May a command be sent before the replies that are owed have come (RFC 2920)?
  [[nodiscard]] bool may_send() const;

  /// How many replies are owed.
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }

  /// What is awaited, for the log: "greeting", "EHLO", "MAIL"; "nothing" when nothing is.
  [[nodiscard]] std::string_view awaiting() const;

private:
  enum class stage { greeting, ehlo, helo, starttls, tls, xclient, ready, given_up };

  backend_step on_reply(reply&& said);
  backend_step on_ehlo(reply&& said);
  backend_step on_xclient(reply&& said);
  backend_step on_answer(reply&& said);
  backend_step on_auth(reply&& said);
  backend_step prepare();
  backend_step say(std::string line, stage next);
  backend_step say_ehlo();
  backend_step stop(backend_fault why, std::optional<reply> said = {});
  std::string send(backend_command what, std::string_view line);

  backend_settings settings_;
  reply_parser replies_;
  features offered_;
  stage stage_ = stage::greeting;
  bool tls_active_ = false;
  bool xclient_done_ = false;
  std::deque<backend_command> pending_;
  std::optional<sasl::client_exchange> exchange_;
  std::string token_error_;
  step::give_up end_{};
};

/// Does this reply to AUTH say that name or password are wrong, or the account is disabled? All
/// else that is not positive is the backend's fault and temporary for the client.
[[nodiscard]] bool is_login_refusal(const reply& said);

} // namespace stellwerk::smtp
