#pragma once

#include "actors/tls/certificate_ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk::tls {

/// Who still comes under one name of a certificate.
struct name_status {
  std::string name;  ///< U-labels.
  bool asked = true; ///< False: clients that asked for none of our names.
  std::uint64_t uses_day = 0;
  std::uint64_t uses_week = 0;
  std::uint64_t refused = 0;
  std::string last_login;
  std::string last_login_at; ///< RFC 3339; empty: nobody yet.
};

/// What `status` says of one certificate.
struct certificate_status {
  /// As in the certificate, and behind a name with A-labels the same with U-labels.
  std::vector<std::string> names;
  std::string not_after;      ///< Of the certificate itself, RFC 3339: `2027-03-31T12:00:00Z`.
  std::int64_t days_left = 0; ///< Whole days until the names end (`until` counts); may be < 0.
  bool legacy = false;
  bool retired = false;
  std::string key;               ///< RSA, ECDSA and so on.
  std::string stapled_until;     ///< RFC 3339; empty: nothing is stapled at `now`.
  std::vector<name_status> uses; ///< Names that nobody has used are left out.
};

/// In the order of the configuration.
[[nodiscard]] std::vector<certificate_status> status_of(const server_certificates& table,
                                                        const certificate_ledger::records& used,
                                                        time_point now);

/// What of it an operator should do something about: names that end within 14 days (the
/// log says it from 30 on), OCSP responses that are too old.
[[nodiscard]] std::vector<std::string> warnings_of(const server_certificates& table,
                                                   time_point now);

/// The warning that fell due after `before` and not after `now`: 30, 14, 7 or 1 (days before
/// the names end), the smallest if several did; nothing if none did, or the names have ended.
/// Ask it daily or more often, at start with `before` far in the past.
[[nodiscard]] std::optional<int> due_warning(const certificate_facts& facts, time_point before,
                                             time_point now);

} // namespace stellwerk::tls
