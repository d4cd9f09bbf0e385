#pragma once

#include "config/snapshot.hpp"

#include <vector>

namespace stellwerk {

struct loaded_accounts {
  /// With problems in the diagnostics not to be used.
  std::vector<account> accounts;
  account_memory read;
};

/// Reads every source and joins them. One that is out of reach is as `in_force` has it, if it
/// was configured the same; else that is a problem.
[[nodiscard]] loaded_accounts load_accounts(const account_sources& sources,
                                            const snapshot* in_force, diagnostics& out);

} // namespace stellwerk
