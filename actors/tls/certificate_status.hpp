#pragma once

#include "actors/tls/server_certificates.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk::tls {

/// What `status` says of one certificate.
struct certificate_status {
  std::vector<std::string> names;
  std::string not_after;      ///< Of the certificate itself, RFC 3339: `2027-03-31T12:00:00Z`.
  std::int64_t days_left = 0; ///< Whole days until the names end (`until` counts); may be < 0.
  bool legacy = false;
  bool retired = false;
};

/// In the order of the configuration.
[[nodiscard]] std::vector<certificate_status> status_of(const server_certificates& table,
                                                        time_point now);

/// The warning that fell due after `before` and not after `now`: 30, 14, 7 or 1 (days before
/// the names end), the smallest if several did; nothing if none did, or the names have ended.
/// Ask it daily or more often, at start with `before` far in the past.
[[nodiscard]] std::optional<int> due_warning(const certificate_facts& facts, time_point before,
                                             time_point now);

} // namespace stellwerk::tls
