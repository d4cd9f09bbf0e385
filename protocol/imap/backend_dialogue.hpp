#pragma once

#include "protocol/imap/capability_list.hpp"
#include "protocol/imap/events.hpp"
#include "protocol/imap/frame_reader.hpp"
#include "protocol/imap/status_response.hpp"
#include "protocol/sasl/client_exchange.hpp"
#include "protocol/sasl/credentials.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stellwerk::imap {

using dialogue::backend_tls;
using dialogue::give_up;
using dialogue::ready_for_login;
using dialogue::refused;
using dialogue::unavailable;

struct backend_settings {
  backend_tls tls = backend_tls::implicit;
  /// Sent by ID before the login, names and values, such as `x-originating-ip`, of octets from
  /// 0x20 to 0x7E (others become `?`); empty: no ID is sent. With fields, a backend that does
  /// not announce ID is given up.
  std::vector<std::pair<std::string, std::string>> id_fields;
  /// One response, its literals not counted.
  std::size_t max_line_octets = 65536;
  /// All that a backend says from its greeting to `ready_for_login`, and again from our login
  /// to its reply.
  std::size_t max_untagged_octets = 65536;
};

/// The backend said OK. What follows in the input is for the client.
struct accepted {
  acceptance answer;
};

/// The dialogue we lead toward an IMAP backend up to its answer to a login.
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

  /// Replays a login byte for byte, in the best way that the backend offers: a password by
  /// AUTHENTICATE PLAIN, LOGIN, AUTHENTICATE LOGIN, a token by the mechanism it came by.
  /// Allowed after `ready_for_login` and after `refused`.
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
    capability,
    starttls,
    tls,
    id,
    orders,
    login,
    capability_after_login,
    logout,
    nothing
  };

  step on_frame(std::string_view frame, std::string_view& input);
  step on_greeting(std::string_view response);
  step on_untagged(std::string_view response);
  step on_continuation(std::string_view challenge);
  step on_tagged(std::string_view response, std::string_view& input);
  step on_login_reply(std::string_view response);
  step go_on();
  step accept();
  step ask(std::string_view command, awaiting next);
  step send_authenticate(sasl::mechanism mech, const sasl::credentials& who);
  step send_login_command(const sasl::credentials& who);
  step stop(std::string why);

  backend_settings settings_;
  frame_reader reader_;
  awaiting awaiting_ = awaiting::greeting;
  bool tls_active_;
  bool id_sent_ = false;
  capability_list capabilities_;
  std::string tag_;
  unsigned tags_ = 0;
  std::size_t heard_octets_ = 0;
  std::deque<secret> continuations_;              // What each `+` to LOGIN gets, in order.
  std::optional<sasl::client_exchange> exchange_; // AUTHENTICATE runs, which `*` can cancel.
  bool cancelled_ = false;
  acceptance acceptance_;
  bool told_capabilities_ = false; // Has the backend told them since the login began?
};

} // namespace stellwerk::imap
