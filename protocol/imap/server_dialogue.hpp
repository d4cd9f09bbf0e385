#pragma once

#include "protocol/imap/capability_list.hpp"
#include "protocol/imap/events.hpp"
#include "protocol/imap/frame_reader.hpp"
#include "protocol/sasl/exchange.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::imap {

struct server_settings {
  /// Our name, for the greeting.
  std::string hostname;
  /// Has the client's connection TLS already (an implicit listener)?
  bool tls_active = false;
  bool offers_starttls = true;
  /// Common to both backends; empty while unknown.
  capability_list from_backends;
  /// All lines of one command, CRLF included.
  std::size_t max_line_octets = 12288;
  /// All literals of one command.
  std::size_t max_literal_octets = 8192;
  /// So many commands that make no sense and the connection is closed.
  int max_bad_commands = 10;
};

/// What a client and we say before login (RFC 3501 sections 6.1 and 6.2): CAPABILITY, NOOP, ID
/// (RFC 2971), STARTTLS, LOGIN, AUTHENTICATE (with RFC 4959), LOGOUT.
///
/// Send `greeting`, then hand in what arrives. Without TLS no credentials are taken, and a
/// password in a synchronising literal is not even asked for. Holds at most one command.
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

  /// The octets that tell the client of a refused login: `tag NO [code] text`; `code` may be
  /// empty and may have arguments. The dialogue goes on. A refused token is told of by a
  /// challenge first (`sasl::refusal_challenge`), for which `error` is what the backend said.
  [[nodiscard]] std::string login_refused(std::string_view code, std::string_view text,
                                          std::string_view error = {});

  /// The octets that pass on a backend's yes. The dialogue is over.
  [[nodiscard]] std::string login_accepted(const acceptance& accepted);

  /// What keeps a client patient whose login is undecided (RFC 9585): `* OK [INPROGRESS] text`.
  [[nodiscard]] static std::string in_progress(std::string_view text);

  /// Name and version of the client's ID, at most 128 octets, whatever it sent: escape it.
  /// Empty if it sent none.
  [[nodiscard]] std::string_view client_id() const { return client_id_; }

  /// Did the client try to log in before TLS stood? As whom, as far as it said, perhaps empty.
  [[nodiscard]] const std::optional<std::string>& tried_in_clear() const {
    return tried_in_clear_;
  }

  /// Is a command or a SASL exchange begun and not finished? False while a login is undecided.
  [[nodiscard]] bool inside_command() const;

private:
  enum class awaiting { command, sasl, verdict, last_answer, tls, nothing };

  event on_literal(std::string_view begun);
  event on_command(std::string_view frame);
  event on_verb(std::string_view verb, std::string_view arguments);
  event on_login(std::string_view arguments);
  event on_authenticate(std::string_view arguments);
  event on_line(std::string_view line);
  event on_sasl_step(sasl::step next);
  event on_id(std::string_view arguments);
  event on_starttls();
  event on_fault(line_status status);
  event ask_verdict(sasl::credentials credentials);
  event privacy_required(std::string_view login = {});
  [[nodiscard]] event answer(std::string_view rest, std::string_view untagged = {}) const;
  event bad(std::string_view text);
  event count_bad(std::string text);
  event end(std::string text);
  [[nodiscard]] capability_list announced() const;

  server_settings settings_;
  frame_reader reader_;
  awaiting awaiting_ = awaiting::command;
  std::string tag_;
  std::optional<sasl::exchange> exchange_;
  sasl::mechanism mech_ = sasl::mechanism::clear; // Of the login that is undecided.
  std::string refusal_;                           // Said behind the client's last answer.
  std::string client_id_;
  std::optional<std::string> tried_in_clear_;
  int bad_commands_ = 0;
};

} // namespace stellwerk::imap
