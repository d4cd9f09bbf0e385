#pragma once

#include "config/diagnostic.hpp"
#include "config/schema.hpp"
#include "protocol/base/secret.hpp"
#include "protocol/cutover/phase.hpp"

#include <memory>

namespace stellwerk {

/// The masters' passwords.
struct master_keys {
  /// Null: no master there.
  std::shared_ptr<const secret> on_old;
  std::shared_ptr<const secret> on_new;

  [[nodiscard]] const std::shared_ptr<const secret>& at(side where) const {
    return where == side::on_old ? on_old : on_new;
  }
};

/// Reads the first line of each master's `password_file`. What is wrong with a file is a
/// problem; one that every user can read is a warning. Blocks.
[[nodiscard]] master_keys load_master_keys(const configuration& settings, diagnostics& out);

} // namespace stellwerk
