#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace stellwerk {

/// How many places may be taken at once.
struct place_caps {
  std::size_t total = 0;
  std::size_t per_address = 0;
  std::size_t per_holder = 0;
};

/// Counts places of the process that a client takes before anybody has vouched for it: in
/// total, per client address, and per holder (its login, or its network). Any thread. Must
/// outlive its places.
class place_ledger {
public:
  /// One place, for as long as it lives; empty: there was no room.
  class place {
  public:
    place() = default;
    place(place&& other) noexcept
        : ledger_{std::exchange(other.ledger_, nullptr)}, address_{std::move(other.address_)},
          holder_{std::move(other.holder_)} {}
    place& operator=(place&& other) noexcept {
      std::swap(ledger_, other.ledger_);
      std::swap(address_, other.address_);
      std::swap(holder_, other.holder_);
      return *this;
    }
    ~place() { give_up(); }
    /// Counts no more.
    void give_up() {
      if (auto* const ledger = std::exchange(ledger_, nullptr))
        ledger->release(address_, holder_);
    }
    [[nodiscard]] explicit operator bool() const { return ledger_ != nullptr; }

  private:
    friend class place_ledger;
    place(place_ledger& ledger, std::string address, std::string holder)
        : ledger_{&ledger}, address_{std::move(address)}, holder_{std::move(holder)} {}

    place_ledger* ledger_ = nullptr;
    std::string address_;
    std::string holder_;
  };

  /// Empty, and counted as refused: a cap is reached.
  [[nodiscard]] place take(std::string address, std::string holder, const place_caps& caps) {
    const std::lock_guard guard{mutex_};
    if (total_ >= caps.total || count_of(by_address_, address) >= caps.per_address
        || count_of(by_holder_, holder) >= caps.per_holder) {
      ++refused_;
      return {};
    }
    ++total_;
    ++by_address_[address];
    ++by_holder_[holder];
    return place{*this, std::move(address), std::move(holder)};
  }
  /// Counts who is in already, whatever the caps.
  [[nodiscard]] place take_back(std::string address, std::string holder) {
    return take(std::move(address), std::move(holder), {no_limit, no_limit, no_limit});
  }

  [[nodiscard]] std::size_t total() const {
    const std::lock_guard guard{mutex_};
    return total_;
  }
  /// Since the start.
  [[nodiscard]] std::uint64_t refused() const {
    const std::lock_guard guard{mutex_};
    return refused_;
  }

private:
  using counts = std::unordered_map<std::string, std::size_t>;
  static constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

  static std::size_t count_of(const counts& all, const std::string& key) {
    const auto found = all.find(key);
    return found == all.end() ? 0 : found->second;
  }
  static void take_one(counts& all, const std::string& key) {
    const auto found = all.find(key);
    if (found != all.end() && --found->second == 0)
      all.erase(found);
  }
  void release(const std::string& address, const std::string& holder) {
    const std::lock_guard guard{mutex_};
    --total_;
    take_one(by_address_, address);
    take_one(by_holder_, holder);
  }

  mutable std::mutex mutex_;
  std::size_t total_ = 0;
  std::uint64_t refused_ = 0;
  counts by_address_;
  counts by_holder_;
};

} // namespace stellwerk
