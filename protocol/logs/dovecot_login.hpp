#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stellwerk::logs {

enum class login_service : std::uint8_t { imap, pop3, sieve, submission };

/// What Dovecot 2.2 and 2.3 tell of a login; the parts live as long as the message.
struct dovecot_login {
  login_service service = login_service::imap;
  bool accepted = false;
  bool without_tls = false;  ///< Nor from the machine itself or a trusted network (`secured`).
  std::string_view login{};  ///< May be empty where nothing was accepted.
  std::string_view client{}; ///< IP address; empty: not told.
};

/// Is this a service that tells of logins (`imap-login`)?
[[nodiscard]] std::optional<login_service> parse_login_service(std::string_view service);

enum class line_meaning : std::uint8_t {
  nothing, ///< For us.
  event,
  broken, ///< It begins like an event and cannot be read as one.
};

/// Reads `Login: user=<...>, ...` and the lines of failed tries (`Aborted login`,
/// `Login aborted`, `Disconnected`, with `auth failed` or a refused attempt without TLS).
///
/// The name is what the client has sent and may hold anything; what stands behind it is the
/// server's own, so it ends at the last `>` that an element follows. A name that the server has
/// cut short is broken.
[[nodiscard]] line_meaning read_dovecot_login(login_service service, std::string_view message,
                                              dovecot_login& into);

} // namespace stellwerk::logs
