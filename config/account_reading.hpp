#pragma once

#include "config/account_rows.hpp"

#include <chrono>
#include <string>

namespace stellwerk {

/// What came of reading a source that may be out of reach.
struct account_reading {
  /// With problems among the diagnostics not to be used.
  account_rows rows;
  /// Why it is out of reach, without any secret; empty: it is not. An edit would not help, so
  /// what it said last still holds.
  std::string out_of_reach;
};

/// How long it takes at most until a source is reached, and then until it has said all.
constexpr std::chrono::seconds account_connect_limit{10};
constexpr std::chrono::seconds account_read_limit{30};
/// Octets of all values of one source, as of accounts.csv.
constexpr std::size_t max_account_octets = std::size_t{1024} * 1024 * 1024;

} // namespace stellwerk
