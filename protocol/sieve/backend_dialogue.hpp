#pragma once

#include "protocol/imap/frame_reader.hpp"
#include "protocol/sasl/client_exchange.hpp"
#include "protocol/sieve/capability_list.hpp"
#include "protocol/sieve/events.hpp"
#include "protocol/sieve/response.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::sieve {

using dialogue::accepted;
using dialogue::backend_tls;
using dialogue::give_up;
using dialogue::ready_for_login;
using dialogue::refused;
using dialogue::unavailable;

struct backend_settings {
  backend_tls tls = backend_tls::starttls;
  /// The client as Dovecot's XCLIENT takes it, such as `ADDR=192.0.2.1 PORT=40000`, sent under
  /// TLS and before the login. Set, a backend that does not announce it is given up; empty: it
  /// must announce it, and nothing is sent, for a connection of our own.
  std::optional<std::string> xclient{};
  /// All lines of one response, CRLFs included; as much again for its literals.
  std::size_t max_line_octets = 16384;
  /// All that a backend says from its greeting to `ready_for_login`, and again from our login
  /// to its reply.
  std::size_t max_heard_octets = 65536;
};

/// The dialogue we lead toward a ManageSieve backend (RFC 5804) up to its answer to a login.
///
/// Hand in what arrives and do what each step asks. With `implicit`, TLS is active before the
/// first octet; with `starttls` no credentials are sent before it, and what the backend said
/// in clear is forgotten. After `unavailable` or `give_up` the dialogue is over: close.
class backend_dialogue {
public:
  using step = std::variant<need_more, say, start_tls, ready_for_login, accepted, refused,
                            unavailable, give_up>;

  explicit backend_dialogue(backend_settings settings);

  /// Takes octets off the front of `input` up to one step. Call again until `need_more`, or
  /// until `accepted`: the rest is the pump's.
  [[nodiscard]] step take(std::string_view& input);

  /// After `start_tls`, when the handshake is done.
  [[nodiscard]] step on_tls_started();

  /// Replays a login byte for byte by AUTHENTICATE PLAIN, else LOGIN; a token by its own
  /// mechanism. Allowed after
  /// `ready_for_login` and after `refused`.
  [[nodiscard]] step login(const sasl::credentials& who);

  /// Ends a probe politely; allowed when `login` is.
  [[nodiscard]] say log_out();

  /// What the backend announces before login; complete from `ready_for_login` on.
  [[nodiscard]] const capability_list& capabilities() const { return capabilities_; }

  /// What we wait for, one word, for the log.
  [[nodiscard]] std::string_view awaited() const;

private:
  enum class awaiting {
    greeting,
    starttls,
    tls,
    capabilities, ///< Which the backend tells unasked under TLS.
    xclient,
    orders,
    login,
    cancelled,
    logout,
    nothing
  };

  step on_frame(std::string_view frame, std::string_view& input);
  step on_line(std::string_view frame);
  step on_challenge(std::string_view challenge);
  step on_login_reply(response reply);
  step go_on();
  step ask(std::string_view command, awaiting next);
  step stop(std::string why);

  backend_settings settings_;
  imap::frame_reader reader_;
  awaiting awaiting_ = awaiting::greeting;
  bool tls_active_;
  capability_list capabilities_;
  std::size_t heard_octets_ = 0;
  bool xclient_sent_ = false;
  std::optional<sasl::client_exchange> exchange_; // AUTHENTICATE runs.
};

} // namespace stellwerk::sieve
