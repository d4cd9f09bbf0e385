#pragma once

#include "protocol/base/secret.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace stellwerk {

/// Tells whether a login comes with the same password again, without keeping it: HMAC-SHA256
/// under a key that lives in this process alone, cut to 128 bits. Any thread.
class login_digest {
public:
  using value = std::array<unsigned char, 16>;

  /// Throws std::runtime_error where there are no random octets.
  login_digest();
  login_digest(const login_digest&) = delete;
  login_digest& operator=(const login_digest&) = delete;
  ~login_digest();

  /// Nothing if OpenSSL can't. The name has no NUL.
  [[nodiscard]] std::optional<value> of(std::string_view name, const secret& password) const;

private:
  std::array<unsigned char, 32> key_{};
};

} // namespace stellwerk
