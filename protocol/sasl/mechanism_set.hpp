#pragma once

#include "protocol/sasl/credentials.hpp"

#include <optional>
#include <string_view>

namespace stellwerk::sasl {

/// Which of our mechanisms a backend offers.
class mechanism_set {
public:
  /// By its name on the wire, in any case; one that we do not have is skipped.
  void add(std::string_view name);
  [[nodiscard]] bool contains(mechanism mech) const { return (bits_ & bit(mech)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }

  bool operator==(const mechanism_set&) const = default;

private:
  static constexpr unsigned bit(mechanism mech) { return 1U << static_cast<unsigned>(mech); }

  unsigned bits_ = 0;
};

/// The mechanism by which `login` is replayed to a backend: a token by its own alone, a
/// password by PLAIN or else LOGIN, and to act as another only by PLAIN. Nothing: none will do;
/// with the protocol's own command it may still be possible (not for tokens, see `has_token`).
[[nodiscard]] std::optional<mechanism> mechanism_for(const credentials& login,
                                                     const mechanism_set& offered);

} // namespace stellwerk::sasl
