#pragma once

#include "actors/findings/database.hpp"
#include "protocol/accounts/finding.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stellwerk {

/// How far a log of the old server is imported now.
struct log_progress {
  std::string log;        ///< Digest of its first line.
  std::uint64_t from = 0; ///< Octets, as `finding_store::octets_read` said.
  std::uint64_t to = 0;
  finding_record::time_point at; ///< Now.
};

/// What is written at once.
struct finding_batch {
  std::vector<finding_record> found{};
  /// (domain, day): somebody of the domain has logged in on that day; of `all_domains`: the
  /// proxy has run, or an imported log tells of the day.
  std::set<std::pair<std::string, std::chrono::sys_days>> observed{};
  std::optional<log_progress> log{}; ///< Where these come from.
};

/// Some of what is stored, in no order that means anything.
struct finding_page {
  std::vector<finding_record> rows;
  std::int64_t last = 0; ///< Where the next page begins behind.
  bool is_last = false;
};

/// In `observed_days`: the proxy has run, or a log tells of so many.
inline constexpr const char* all_domains = "";
using observed_days = std::map<std::string, std::int64_t>;

/// `findings.db` (SQLite) in the state folder. Blocks; for one thread. Throws
/// findings::database_fault, then nothing of that call has been written.
class finding_store {
public:
  /// To write: made if it is not there, mode 0600. Readable beside a writer.
  finding_store(const std::filesystem::path& file, findings::database::access how);

  [[nodiscard]] static std::filesystem::path file_in(const std::filesystem::path& state_dir) {
    return state_dir / "findings.db";
  }

  /// Adds to what is there. Findings of one kind, login and address (without a login: and
  /// client) are one row; of one login and kind at most `most_addresses` are told apart. How
  /// many rows are new. A fault too if another has imported the same log meanwhile.
  std::size_t add(const finding_batch& batch);
  /// Forgets what was not seen since `oldest`, then what is beyond `max_rows`: first what may
  /// be a stranger's guess, then what was not seen for longest.
  void trim(std::size_t max_rows, finding_record::time_point oldest);

  /// How far this log was imported; 0: not yet, or it is long forgotten.
  [[nodiscard]] std::uint64_t octets_read(std::string_view log);

  /// At most `count` rows behind `after`, of one domain if it is not empty.
  [[nodiscard]] finding_page page(std::int64_t after, std::size_t count,
                                  std::string_view domain);
  /// On how many days somebody of a domain has logged in; of one, or of each if that is empty.
  /// And of `all_domains`.
  [[nodiscard]] observed_days days(std::string_view domain);

  static constexpr std::int64_t most_addresses = 1000;

private:
  bool add(const finding_record& one);
  void advance(const log_progress& log);
  [[nodiscard]] bool has_room(const finding& what);

  findings::database database_;
};

} // namespace stellwerk
