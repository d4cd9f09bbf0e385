#pragma once

#include "protocol/sasl/credentials.hpp"
#include "protocol/sasl/login.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::sasl {

/// Say this to the client, behind `+ ` or `334 `, and hand its next line to `on_line`. Already
/// in Base 64; may be empty. Lives as long as the program.
struct challenge {
  std::string_view text;
};

using step = std::variant<challenge, credentials, fault>;

/// The server's side of one SASL exchange (RFC 4422), the same for IMAP, POP3, SMTP and
/// ManageSieve: the protocols differ only in how they wrap a challenge. Holds one name at most.
///
/// After `credentials` or a `fault` the exchange is over. A refusal of the credentials goes
/// through `refusal_challenge`.
class exchange {
public:
  /// `mech` is any but `clear`.
  explicit exchange(mechanism mech) : mech_{mech} {}

  /// `initial_response` as on the wire, nothing if the client sent none; `=` is the empty one
  /// (RFC 4954 section 4, RFC 4959 section 3). With LOGIN it is the name.
  [[nodiscard]] step start(std::optional<std::string_view> initial_response);

  /// The client's answer to a challenge: a line without its CRLF.
  [[nodiscard]] step on_line(std::string_view line);

private:
  step on_answer(std::string_view base64);
  step on_login_answer(std::string_view octets);

  mechanism mech_;
  login_exchange login_;
  std::optional<fault> told_; // A fault that the client has heard of by a challenge.
};

/// The last challenge before credentials are refused for good, in Base 64: with a token the
/// client must hear an error (RFC 7628 section 3.2.2), then answers once, whatever it likes,
/// and then hears the refusal itself. Nothing with other mechanisms: the refusal comes at once.
///
/// `from_backend` is the backend's error as it came, passed on if it is Base 64 of at most 8
/// KiB; else, and if empty, ours.
[[nodiscard]] std::optional<std::string> refusal_challenge(mechanism mech,
                                                           std::string_view from_backend);

} // namespace stellwerk::sasl
