#pragma once

#include "actors/io/side_thread.hpp"
#include "protocol/cutover/phase.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace stellwerk {

/// Whose own password a backend with a master has accepted once: for them the master opens
/// nothing any more, over restarts too (`carried.json` in the state folder, logins and no
/// secrets). Any thread.
class carried_accounts : public std::enable_shared_from_this<carried_accounts> {
public:
  struct records {
    std::set<std::string> on_old;
    std::set<std::string> on_new;
    bool operator==(const records&) const = default;
  };

  carried_accounts(std::filesystem::path state_dir,
                   const std::shared_ptr<io::side_thread>& disk, records kept)
      : state_dir_{std::move(state_dir)}, disk_{disk}, own_{std::move(kept)} {}

  [[nodiscard]] bool has_own_password(side where, const std::string& login) const;
  /// Holds at once; the file follows on the disk's thread.
  void note_own_password(side where, const std::string& login);

private:
  void save();

  std::filesystem::path state_dir_;
  std::weak_ptr<io::side_thread> disk_; // Its own jobs must not be the last to hold it.
  mutable std::mutex mutex_;
  records own_;
  bool save_is_due_ = false; // A job that has not begun writes what is noted meanwhile, too.
};

/// What was kept, or why it can't be told: without it a master might open what it may not.
struct kept_carried {
  carried_accounts::records records;
  std::string problem;
};
/// Blocks. No file is no account.
[[nodiscard]] kept_carried load_carried(const std::filesystem::path& state_dir);
/// The reason if it failed, else empty. Blocks.
[[nodiscard]] std::string save_carried(const std::filesystem::path& state_dir,
                                       const carried_accounts::records& all);

} // namespace stellwerk
