#pragma once

#include "protocol/sasl/credentials.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk::sasl {

/// The client's side of one SASL exchange, toward a backend: the responses in their order.
/// What a backend writes into its challenges does not matter (LOGIN's prompts differ from
/// server to server).
class client_exchange {
public:
  /// `mech` is `plain` or `login`, whatever the client itself used. Keeps copies.
  client_exchange(mechanism mech, const credentials& login);

  /// The next response in Base 64, without CRLF: as initial response or to a challenge.
  /// Nothing if all were given: the backend asks too much, cancel with `*`.
  [[nodiscard]] std::optional<std::string> take_response();

private:
  std::vector<secret> responses_; // Without Base 64.
  std::size_t next_ = 0;
};

} // namespace stellwerk::sasl
