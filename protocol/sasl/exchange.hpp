#pragma once

#include "protocol/sasl/credentials.hpp"
#include "protocol/sasl/login.hpp"

#include <optional>
#include <string_view>
#include <variant>

namespace stellwerk::sasl {

/// Say this to the client, behind `+ ` or `334 `, and hand its next line to `on_line`. Already
/// in Base 64; may be empty. Lives as long as the program.
struct challenge {
  std::string_view text;
};

enum class fault {
  cancelled, ///< The client sent `*`. The connection goes on.
  malformed, ///< Bad Base 64, a foreign authzid, an empty name or password, control octets.
};

using step = std::variant<challenge, credentials, fault>;

/// The server's side of one SASL exchange (RFC 4422), the same for IMAP, POP3, SMTP and
/// ManageSieve: the protocols differ only in how they wrap a challenge. Holds one name at most.
///
/// After `credentials` or a `fault` the exchange is over.
class exchange {
public:
  /// `mech` is `plain` or `login`.
  explicit exchange(mechanism mech) : mech_{mech} {}

  /// `initial_response` as on the wire, nothing if the client sent none; `=` is the empty one
  /// (RFC 4954 section 4, RFC 4959 section 3). With LOGIN it is the name.
  [[nodiscard]] step start(std::optional<std::string_view> initial_response);

  /// The client's answer to a challenge: a line without its CRLF.
  [[nodiscard]] step on_line(std::string_view line);

private:
  step on_answer(std::string_view base64);

  mechanism mech_;
  login_exchange login_;
};

} // namespace stellwerk::sasl
