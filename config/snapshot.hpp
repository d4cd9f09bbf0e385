#pragma once

#include "config/account_memory.hpp"
#include "config/diagnostic.hpp"
#include "config/routes.hpp"
#include "config/schema.hpp"
#include "protocol/accounts/account_table.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace stellwerk {

/// Everything that a decision reads, under one epoch. Never changed once it is published (as
/// `std::shared_ptr<const snapshot>`); a copy is cheap enough to make the next one from.
struct snapshot {
  /// Grows by one with every accepted change. The loader leaves 0; who publishes numbers it.
  std::uint64_t epoch = 0;
  configuration settings;
  route_table routes;
  /// routes.yaml, octet for octet: what `routes` was read from.
  std::string routes_text;
  /// Never null.
  std::shared_ptr<const account_table> accounts = std::make_shared<const account_table>();
  /// Is there a source of accounts at all?
  bool accounts_configured = false;
  account_memory accounts_read;
};

/// A snapshot, or problems; warnings may come with either.
struct load_result {
  std::optional<snapshot> loaded;
  diagnostics found;
};

/// Loads stellwerk.yaml and what it names. Reports all problems of all of them, in order. A
/// source of accounts that is out of reach is as `in_force` has it, with a warning; without
/// that (null) it is a problem.
[[nodiscard]] load_result load_snapshot(const std::filesystem::path& stellwerk_yaml,
                                        const snapshot* in_force = nullptr);

} // namespace stellwerk
