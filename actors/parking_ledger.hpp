#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace stellwerk {

/// How many logins may be parked at once.
struct parking_caps {
  std::size_t total = 0;
  std::size_t per_address = 0;
  std::size_t per_login = 0;

  /// `total` is `limits.parked`. Nobody has proved a password yet, so no address takes more
  /// than half of all places and no login more than a tenth. But a thousand from one address
  /// always fit (a hundred users behind one NAT, webmail), and five hundred of one login (a
  /// mailbox that a whole office reads, with several connections each).
  [[nodiscard]] static parking_caps of(std::size_t total) {
    return {total, std::max<std::size_t>(1000, total / 2),
            std::max<std::size_t>(500, total / 10)};
  }
};

/// Counts the parked logins of the process: in total, per client address, per login. Any
/// thread. Must outlive its places.
class parking_ledger {
public:
  /// One parked login, for as long as it lives; empty: there was no room.
  class place {
  public:
    place() = default;
    place(place&& other) noexcept
        : ledger_{std::exchange(other.ledger_, nullptr)}, address_{std::move(other.address_)},
          login_{std::move(other.login_)} {}
    place& operator=(place&& other) noexcept {
      std::swap(ledger_, other.ledger_);
      std::swap(address_, other.address_);
      std::swap(login_, other.login_);
      return *this;
    }
    ~place() {
      if (ledger_ != nullptr)
        ledger_->release(address_, login_);
    }
    [[nodiscard]] explicit operator bool() const { return ledger_ != nullptr; }

  private:
    friend class parking_ledger;
    place(parking_ledger& ledger, std::string address, std::string login)
        : ledger_{&ledger}, address_{std::move(address)}, login_{std::move(login)} {}

    parking_ledger* ledger_ = nullptr;
    std::string address_;
    std::string login_;
  };

  [[nodiscard]] place take(std::string address, std::string login, const parking_caps& caps) {
    const std::lock_guard guard{mutex_};
    if (total_ >= caps.total || count_of(by_address_, address) >= caps.per_address
        || count_of(by_login_, login) >= caps.per_login)
      return {};
    ++total_;
    ++by_address_[address];
    ++by_login_[login];
    return place{*this, std::move(address), std::move(login)};
  }

  [[nodiscard]] std::size_t total() const {
    const std::lock_guard guard{mutex_};
    return total_;
  }

private:
  using counts = std::unordered_map<std::string, std::size_t>;

  static std::size_t count_of(const counts& all, const std::string& key) {
    const auto found = all.find(key);
    return found == all.end() ? 0 : found->second;
  }
  static void take_one(counts& all, const std::string& key) {
    const auto found = all.find(key);
    if (found != all.end() && --found->second == 0)
      all.erase(found);
  }
  void release(const std::string& address, const std::string& login) {
    const std::lock_guard guard{mutex_};
    --total_;
    take_one(by_address_, address);
    take_one(by_login_, login);
  }

  mutable std::mutex mutex_;
  std::size_t total_ = 0;
  counts by_address_;
  counts by_login_;
};

} // namespace stellwerk
