#pragma once

#include "protocol/sasl/credentials.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::sasl {

/// The LOGIN mechanism as servers have always spoken it (draft-murchison-sasl-login): a prompt
/// for the name, a prompt for the password. Base 64 is taken off and put on by the caller.
class login_exchange {
public:
  /// What to ask next; empty when both answers are there. In Base 64, since clients compare
  /// it: `VXNlcm5hbWU6` ("Username:"), then `UGFzc3dvcmQ6` ("Password:").
  [[nodiscard]] std::string_view prompt() const;

  /// Takes the next answer: the name, then the password.
  void answer(std::string_view octets);

  /// What was answered; refused if it may not be replayed. Ask once, when `prompt` is empty.
  [[nodiscard]] reading finish();

private:
  std::optional<std::string> authcid_;
  std::optional<secret> password_;
};

} // namespace stellwerk::sasl
