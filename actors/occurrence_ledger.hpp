#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace stellwerk {

/// How often something has happened under each name since the start, and when last. Shared by
/// all workers.
class occurrence_ledger {
public:
  struct entry {
    std::uint64_t count = 0;
    std::chrono::system_clock::time_point last{};
  };
  using entries = std::map<std::string, entry>;

  void note(const std::string& name) {
    const std::lock_guard guard{mutex_};
    auto& here = entries_[name];
    ++here.count;
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
