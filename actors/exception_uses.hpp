#pragma once

#include "config/schema.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace stellwerk {

/// How often each entry of `exceptions` has let something through, since the start. Shared by
/// all sessions; entries are known by what they exempt, so that a reload keeps their counts.
class exception_uses {
public:
  struct entry {
    std::uint64_t uses = 0;
    std::chrono::system_clock::time_point last{};
  };
  using entries = std::map<std::string, entry>;

  [[nodiscard]] static std::string key_of(const exception_settings& one) {
    return std::string{text_of(one.policy)} + '\n' + one.login + '\n' + one.address_text + '\n'
           + one.network_text;
  }

  void note(const exception_settings& one) {
    const std::lock_guard guard{mutex_};
    auto& here = entries_[key_of(one)];
    ++here.uses;
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
