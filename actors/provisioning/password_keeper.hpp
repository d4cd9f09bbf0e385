#pragma once

#include "actors/io/file_stamp.hpp"
#include "actors/io/side_thread.hpp"
#include "actors/provisioning/login_digest.hpp"
#include "config/schema.hpp"
#include "protocol/accounts/passwd_file.hpp"
#include "protocol/base/secret.hpp"

#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stellwerk {

/// Turns passwords that the old server has accepted into hashes for the new one, in a
/// passwd-file (README.md of this folder). Any thread, but for what says otherwise; hashing has
/// a thread of its own, which lives as long as this does.
class password_keeper : public std::enable_shared_from_this<password_keeper> {
public:
  /// Passwords that wait to be hashed. Beyond, they are dropped: the next login brings them.
  static constexpr std::size_t most_waiting = 1000;
  /// Accounts whose hash is remembered to be right, and of those to be written. Beyond, a login
  /// is compared with its hash each time, and not written.
  static constexpr std::size_t most_remembered = 500'000;

  /// Reads the file, which blocks. Throws std::runtime_error where there are no random octets.
  password_keeper(std::filesystem::path file, const std::shared_ptr<io::side_thread>& disk);
  password_keeper(const password_keeper&) = delete;
  password_keeper& operator=(const password_keeper&) = delete;
  ~password_keeper();

  /// The old server has just accepted this password of whom the new one knows as `name`. Costs
  /// no more than a digest; the copy of the password is overwritten once it is hashed or
  /// dropped.
  void keep(const std::string& name, const secret& password, crypt_scheme how);

  /// Has the file, as it was last read or written, a password for `name`?
  [[nodiscard]] bool knows(std::string_view name) const;
  /// For how many names.
  [[nodiscard]] std::size_t count() const;
  /// For `status`.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// Writes what is new, and reads what somebody else has changed, on the disk's thread.
  void save();
  /// Drops what waits, ends the hashing and saves what there is. Blocks for one hash.
  void finish();

private:
  struct candidate {
    std::string name;
    secret password;
    login_digest::value digest{};
    crypt_scheme how = crypt_scheme::yescrypt;
  };
  using hashes = std::unordered_map<std::string, std::string>;

  void hash_next();
  void sync();
  [[nodiscard]] std::string merge(const hashes& fresh, bool was_edited);
  void settle(const std::string& name, const login_digest::value& digest);
  void leave_out(const std::string& name, std::string_view why);
  void note_problem(std::string problem);

  const std::filesystem::path file_;
  const std::weak_ptr<io::side_thread> disk_; // Its own jobs must not be the last to hold it.
  const login_digest digest_;
  io::file_stamp stamp_;  // Of the disk's thread alone: what `book_` was read from.
  bool was_read_ = false; // The same.

  mutable std::mutex mutex_; // Of all below.
  std::deque<candidate> waiting_;
  std::optional<login_digest::value> hashing_;
  hashes fresh_;     // Not in the file yet.
  passwd_file book_; // The file.
  // The hash in the file, or a fresh one, is that of this login; or there can't be one.
  std::unordered_map<std::string, login_digest::value> settled_;
  std::size_t left_out_ = 0;
  std::string problem_;      // Why the file could not be written or read.
  bool save_is_due_ = false; // A job that has not begun writes what comes meanwhile, too.
  bool has_ended_ = false;

  std::unique_ptr<io::side_thread> hasher_; // The last: its jobs use the rest.
};

} // namespace stellwerk
