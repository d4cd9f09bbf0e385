#pragma once

#include "protocol/base/line_splitter.hpp"
#include "protocol/pop3/capability_list.hpp"
#include "protocol/pop3/events.hpp"
#include "protocol/sasl/exchange.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::pop3 {

struct server_settings {
  /// Our name, for the greeting.
  std::string hostname{};
  /// Has the client's connection TLS already (an implicit listener)?
  bool tls_active = false;
  bool offers_stls = true;
  /// Common to both backends; empty while unknown.
  capability_list from_backends{};
  /// One command, CRLF included.
  std::size_t max_line_octets = 12288;
  /// So many commands that make no sense and the connection is closed.
  int max_bad_commands = 10;
};

/// What a client and we say before login (the AUTHORIZATION state of RFC 1939): CAPA (RFC
/// 2449), STLS (RFC 2595), USER and PASS, AUTH (RFC 5034), QUIT.
///
/// Send `greeting`, then hand in what arrives. Without TLS no credentials are taken: USER is
/// refused already. The greeting has no APOP timestamp.
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
  void on_tls_started();

  /// The octets that tell the client of a refused login: `-ERR [code] text`; `code` may be
  /// empty. The dialogue goes on. A refused token is told of by a challenge first
  /// (`sasl::refusal_challenge`), for which `error` is what the backend said.
  [[nodiscard]] std::string login_refused(std::string_view code, std::string_view text,
                                          std::string_view error = {});

  /// The octets that pass on a backend's yes; `text` is what followed its `+OK `. The dialogue
  /// is over.
  [[nodiscard]] std::string login_accepted(std::string_view text);

  /// Did the client try to log in before TLS stood? As whom, as far as it said, perhaps empty.
  [[nodiscard]] const std::optional<std::string>& tried_in_clear() const {
    return tried_in_clear_;
  }

  /// Is a command or a SASL exchange begun and not finished? False while a login is undecided.
  [[nodiscard]] bool inside_command() const;

private:
  enum class awaiting { command, sasl, verdict, last_answer, tls, nothing };

  event on_line(std::string_view line);
  event on_command(std::string_view line);
  event on_capa();
  event on_user(std::string_view name);
  event on_pass(std::string_view password);
  event on_auth(std::string_view arguments);
  event on_mechanisms() const;
  event on_sasl_step(sasl::step next);
  event on_stls();
  event ask_verdict(sasl::credentials credentials);
  event refuse_in_clear(std::string_view login = {});
  event bad(std::string_view text);
  event end(std::string text);
  [[nodiscard]] capability_list announced() const;

  server_settings settings_;
  line_splitter lines_;
  awaiting awaiting_ = awaiting::command;
  std::optional<std::string> user_;
  std::optional<sasl::exchange> exchange_;
  sasl::mechanism mech_ = sasl::mechanism::clear; // Of the login that is undecided.
  std::string refusal_;                           // Said behind the client's last answer.
  std::optional<std::string> tried_in_clear_;
  int bad_commands_ = 0;
};

/// `-ERR [SYS/TEMP] text` with CRLF: what a client hears that must connect again and keep its
/// password.
[[nodiscard]] std::string not_now(std::string_view text);

} // namespace stellwerk::pop3
