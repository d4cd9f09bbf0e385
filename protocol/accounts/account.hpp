#pragma once

#include "protocol/accounts/sender_pattern.hpp"
#include "protocol/cutover/phase.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stellwerk {

/// Who may log in, under which spelling on each side, and send as whom.
struct account {
  /// What a client must present, octet for octet.
  std::string login;
  /// `domain_key` of the domain that decides the route.
  std::string domain;
  /// Spelling on the old server; empty: as `login`.
  std::string old_login;
  /// Spelling on the new server; empty: as `login`.
  std::string new_login;
  /// Beside the login itself.
  std::vector<sender_pattern> senders;
  /// Where this account is, ahead of (or behind) its domain.
  std::optional<side> pin;

  [[nodiscard]] const std::string& login_at(side where) const {
    const auto& special = where == side::on_old ? old_login : new_login;
    return special.empty() ? login : special;
  }
};

} // namespace stellwerk
