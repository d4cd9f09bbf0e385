#pragma once

#include "protocol/imap/frame_reader.hpp"
#include "protocol/sasl/exchange.hpp"
#include "protocol/sieve/capability_list.hpp"
#include "protocol/sieve/events.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::sieve {

struct server_settings {
  /// Our name, for the greeting.
  std::string hostname{};
  /// Has the client's connection TLS already (an implicit listener)?
  bool tls_active = false;
  bool offers_starttls = true;
  /// Common to both backends; empty while unknown.
  capability_list from_backends{};
  /// All lines of one command, CRLF included.
  std::size_t max_line_octets = 12288;
  /// All literals of one command.
  std::size_t max_literal_octets = 8192;
  /// So many commands that make no sense and the connection is closed.
  int max_bad_commands = 10;
};

/// What a client and we say before login (RFC 5804): CAPABILITY, STARTTLS, AUTHENTICATE, NOOP,
/// LOGOUT.
///
/// Send `greeting`, then hand in what arrives. Without TLS no credentials are taken. A client's
/// literals are all non-synchronising (`{5+}`); one without the plus ends the dialogue, since
/// nobody knows whether its octets will come. Holds at most one command.
class server_dialogue {
public:
  using event = std::variant<need_more, say, start_tls, login, close>;

  explicit server_dialogue(server_settings settings);

  [[nodiscard]] std::string greeting() const;

  /// Takes octets off the front of `input` up to one event. Call again until `need_more`. While
  /// a login is undecided, TLS is awaited, or after the end, `input` is left alone: what
  /// follows an accepted login belongs to the backend.
  [[nodiscard]] event take(std::string_view& input);

  /// After `start_tls`, when the handshake is done: what was heard in clear is forgotten.
  /// Returns what to send: the capabilities anew (section 2.2).
  [[nodiscard]] std::string on_tls_started();

  /// The octets that tell the client of a refused login: `NO (code) "text"`; `code` may be
  /// empty. The dialogue goes on. A refused token is told of by a challenge first
  /// (`sasl::refusal_challenge`), for which `error` is what the backend said.
  [[nodiscard]] std::string login_refused(std::string_view code, std::string_view text,
                                          std::string_view error = {});

  /// The octets that pass on a backend's yes. The dialogue is over.
  [[nodiscard]] std::string login_accepted(std::string_view text);

  /// Did the client try to log in before TLS stood? As whom is not known.
  [[nodiscard]] const std::optional<std::string>& tried_in_clear() const {
    return tried_in_clear_;
  }

  /// Is a command or a SASL exchange begun and not finished? False while a login is undecided.
  [[nodiscard]] bool inside_command() const;

private:
  enum class awaiting { command, sasl, verdict, last_answer, tls, nothing };

  event on_frame(std::string_view frame);
  event on_command(std::string_view frame);
  event on_noop(std::string_view arguments);
  event on_authenticate(std::string_view arguments);
  event on_sasl_answer(std::string_view frame);
  event on_sasl_step(sasl::step next);
  event on_starttls();
  event ask_verdict(sasl::credentials credentials);
  event bad(std::string_view text);
  event refuse(std::string_view words, std::string_view text);
  event end(std::string_view text);
  [[nodiscard]] std::string told(std::string_view text) const;

  server_settings settings_;
  imap::frame_reader reader_;
  awaiting awaiting_ = awaiting::command;
  std::optional<sasl::exchange> exchange_;
  sasl::mechanism mech_ = sasl::mechanism::clear; // Of the login that is undecided.
  std::string refusal_;                           // Said behind the client's last answer.
  std::optional<std::string> tried_in_clear_;
  int bad_commands_ = 0;
};

/// `BYE (TRYLATER) "text"` with CRLF: what a client hears that must connect again and keep its
/// password.
[[nodiscard]] std::string bye(std::string_view text);

} // namespace stellwerk::sieve
