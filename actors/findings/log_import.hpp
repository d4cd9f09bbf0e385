#pragma once

#include "actors/findings/finding_store.hpp"
#include "actors/findings/finding_tally.hpp"
#include "config/schema.hpp"
#include "protocol/accounts/account_table.hpp"
#include "protocol/logs/mail_log_reader.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace stellwerk {

/// What came of imported logs.
struct import_summary {
  std::uint64_t lines = 0;        ///< That are new.
  std::uint64_t lines_before = 0; ///< That an earlier import has counted.
  std::uint64_t unreadable = 0;   ///< Of `lines`.
  std::uint64_t logins = 0;       ///< Refused ones too.
  std::uint64_t refused_logins = 0;
  std::uint64_t messages = 0;
  std::map<finding_kind, std::uint64_t> findings{};
  std::set<std::chrono::sys_days> days{}; ///< With a login or a message.
};

/// Reads logs of the old server into findings.db, each line once: the database knows by a log's
/// first line how far it was read. What was read is read again to know which messages are
/// between smtpd and qmgr, and not counted. Blocks; for one thread.
class log_import {
public:
  /// All but `settings` and `now` must outlive it.
  log_import(finding_store& store, const account_table& accounts,
             const findings_settings& settings, finding_record::time_point now,
             logs::time_zone local);

  /// To its end. Throws std::system_error if the log cannot be read and
  /// findings::database_fault; what was counted before that is written and remembered.
  void read(int descriptor);

  /// Forgets what is too old, or too much.
  void trim();

  [[nodiscard]] const import_summary& so_far() const { return summary_; }

  static constexpr std::size_t octets_at_once = std::size_t{64} * 1024;
  static constexpr std::size_t findings_at_once = 2000;

private:
  void skip(std::string_view octets);
  void take(std::string_view octets);
  void note(const logs::mail_event& event);
  void write();

  finding_store& store_;
  const account_table& accounts_;
  const findings_settings settings_;
  const finding_record::time_point now_;
  logs::mail_log_reader reader_;
  import_summary summary_;

  // What is not written yet: what was waiting, and a slice that has an event in each line.
  finding_tally found_{findings_at_once + 4 * octets_at_once / 32};
  std::set<std::pair<std::string, std::chrono::sys_days>> observed_;
  std::size_t rows_added_ = 0; // Since the last trim.

  // Of the log that is being read.
  std::string log_;
  std::uint64_t written_ = 0; // Octets.
};

} // namespace stellwerk
