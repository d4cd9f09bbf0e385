#pragma once

#include "protocol/sasl/credentials.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::sasl {

/// The client's side of one SASL exchange, toward a backend: the responses in their order.
/// What a backend writes into its challenges does not matter (LOGIN's prompts differ from
/// server to server), but for the error behind a token.
class client_exchange {
public:
  /// `mech` is what `mechanism_for` says. Keeps copies.
  client_exchange(mechanism mech, const credentials& login);

  /// The next response in Base 64, without CRLF: as initial response, or to `challenge`, as it
  /// came behind `+ ` or `334 `. It holds what is secret. Nothing if all were given: the
  /// backend asks too much, cancel with `*`.
  ///
  /// A challenge behind a token is the backend's error (RFC 7628 section 3.2.2): it is kept and
  /// gets the answer that it must get.
  [[nodiscard]] std::optional<std::string> take_response(std::string_view challenge = {});

  /// Has the backend been given all that it needs to judge the login?
  [[nodiscard]] bool is_complete() const { return next_ >= responses_.size(); }

  /// The backend's error behind a token, in Base 64 as it came; see `refusal_challenge`.
  [[nodiscard]] const std::string& error() const { return error_; }

private:
  mechanism mech_;
  std::vector<secret> responses_; // Without Base 64.
  std::size_t next_ = 0;
  bool has_error_ = false;
  std::string error_;
};

} // namespace stellwerk::sasl
