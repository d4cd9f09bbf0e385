#pragma once

#include "config/schema.hpp"
#include "protocol/cutover/phase.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace stellwerk {

/// Between the user's name and the master's in one login name, as Dovecot takes it
/// (auth_master_user_separator).
inline constexpr char master_separator = '*';

/// Who opens sessions at a backend in the names of users whose own password it does not know.
struct master_login {
  std::string_view name;
  master_form form = master_form::authzid;
  /// Whose yes to the user's own password comes first; never the backend itself.
  side verify_on = side::on_old;
  /// From the start of this day (UTC) on nobody is carried any more.
  std::optional<std::chrono::sys_days> until{};

  [[nodiscard]] bool has_ended(std::chrono::system_clock::time_point now) const {
    return until && now >= *until;
  }
};

/// Nothing with `as: user`. Views into `backend`.
[[nodiscard]] std::optional<master_login> master_of(const backend_settings& backend);

/// Might a server take this login for a master's, on either side? Where there is no master
/// nothing is. Nobody may say so but we.
[[nodiscard]] bool names_a_master(const backends_settings& backends, std::string_view login);

} // namespace stellwerk
