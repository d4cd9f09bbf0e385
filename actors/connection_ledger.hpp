#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace stellwerk {

/// Counts the client connections of the whole process, in total and per address. Shared by the
/// listeners of all workers; locked once per accept and once per close.
class connection_ledger {
public:
  enum class verdict { admitted, too_many, too_many_of_address };

  [[nodiscard]] verdict admit(const std::string& address, std::size_t limit,
                              std::size_t limit_per_address) {
    const std::lock_guard guard{mutex_};
    if (total_ >= limit)
      return verdict::too_many;
    if (!count_at(address, limit_per_address))
      return verdict::too_many_of_address;
    ++total_;
    return verdict::admitted;
  }

  /// Counts a connection whose client is not known yet, in total alone; `name` it, and release
  /// it by its name, or by none if it never got one.
  [[nodiscard]] verdict admit_unnamed(std::size_t limit) {
    const std::lock_guard guard{mutex_};
    if (total_ >= limit)
      return verdict::too_many;
    ++total_;
    return verdict::admitted;
  }

  /// Counts an unnamed connection at its client's address too. Refused, it stays unnamed.
  [[nodiscard]] verdict name(const std::string& address, std::size_t limit_per_address) {
    const std::lock_guard guard{mutex_};
    return count_at(address, limit_per_address) ? verdict::admitted
                                                : verdict::too_many_of_address;
  }

  void release(const std::string& address) {
    const std::lock_guard guard{mutex_};
    --total_;
    const auto found = by_address_.find(address);
    if (found != by_address_.end() && --found->second == 0)
      by_address_.erase(found);
  }

  [[nodiscard]] std::size_t total() const {
    const std::lock_guard guard{mutex_};
    return total_;
  }

private:
  bool count_at(const std::string& address, std::size_t limit) {
    const auto found = by_address_.find(address);
    if ((found == by_address_.end() ? 0 : found->second) >= limit)
      return false;
    ++by_address_[address];
    return true;
  }

  mutable std::mutex mutex_;
  std::size_t total_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

} // namespace stellwerk
