#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk {

/// Which MX records the gates have seen: what a domain had before may be in others' caches.
/// Shared by moves.
class mx_memory {
public:
  using clock = std::chrono::system_clock;

  /// Records that were the same from `first` to `last`, as far as anybody looked.
  struct sighting {
    std::vector<std::string> hosts; ///< Each with its addresses, as one text; sorted.
    std::chrono::seconds ttl{};     ///< The largest seen: a cache's grows smaller.
    clock::time_point first{};
    bool operator==(const sighting&) const = default;
  };

  /// The domain's records now. When a cache may still hold the former ones: until then.
  std::optional<clock::time_point> note(const std::string& domain,
                                        std::vector<std::string> hosts,
                                        std::chrono::seconds ttl, clock::time_point now);

  /// The present and the former records of each domain, for a restart.
  struct history {
    sighting present;
    sighting former; ///< No hosts: none is known.
    bool operator==(const history&) const = default;
  };
  using histories = std::map<std::string, history>;
  [[nodiscard]] histories all() const;
  void restore(histories kept);

private:
  mutable std::mutex mutex_;
  histories seen_;
};

/// `mx_seen.json` in the state folder. Both block. A file that can't be read is as none.
[[nodiscard]] mx_memory::histories load_mx_memory(const std::filesystem::path& state_dir);
/// The reason if it failed, else empty.
[[nodiscard]] std::string save_mx_memory(const std::filesystem::path& state_dir,
                                         const mx_memory::histories& all);

} // namespace stellwerk
