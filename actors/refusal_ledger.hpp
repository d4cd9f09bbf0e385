#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace stellwerk {

/// Who still comes to the `tls: refuse` listeners, by their addresses, since the start. Shared
/// by the listeners of all workers.
class refusal_ledger {
public:
  struct entry {
    std::uint64_t connections = 0;
    std::chrono::system_clock::time_point last{};
  };

  using entries = std::map<std::string, entry>;

  void note(const std::string& listener) {
    const std::lock_guard guard{mutex_};
    auto& here = entries_[listener];
    ++here.connections;
    here.last = std::chrono::system_clock::now();
  }

  [[nodiscard]] entries all() const {
    const std::lock_guard guard{mutex_};
    return entries_;
  }

private:
  mutable std::mutex mutex_;
  entries entries_;
};

} // namespace stellwerk
