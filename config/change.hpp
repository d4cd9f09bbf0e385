#pragma once

#include "config/diagnostic.hpp"
#include "config/snapshot.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk {

/// A domain whose phase differs. What is not listed is in the phase of `default`; nothing is
/// `refuse`.
struct phase_change {
  /// `domain_key`; empty: everything that is not listed.
  std::string domain;
  std::optional<phase> from;
  std::optional<phase> to;
  bool operator==(const phase_change&) const = default;
};

/// What a reload would change.
struct snapshot_change {
  std::vector<phase_change> phases;
  /// Logins that come and go; `removed` are those that `from` had and `to` lacks.
  std::vector<std::string> accounts_removed;
  std::size_t accounts_added = 0;
  std::size_t accounts_before = 0;
  /// Illegal edges (exit 78), and warnings about settings that only a restart changes.
  diagnostics found;

  /// More than 5 % of the accounts go: refused without --allow-removals (exit 75).
  [[nodiscard]] bool removes_too_many() const {
    return accounts_removed.size() * 20 > accounts_before;
  }
};

/// Compares what is in force with what was loaded. To and from `refuse` there are no edges:
/// every such change is allowed.
[[nodiscard]] snapshot_change compare(const snapshot& in_force, const snapshot& loaded);

} // namespace stellwerk
