#pragma once

#include "actors/connection_ledger.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace stellwerk {

/// How many connections may be open on which nobody has logged in.
struct stranger_caps {
  std::size_t total = 0;
  std::size_t per_address = 0;
  std::size_t per_network = 0;

  /// Half of `limits.connections`, so that a flood never takes the places of all who log in.
  /// Of one address half of `limits.connections_per_address`, but as many as two hundred if
  /// that allows them: a hundred users behind one NAT come back with two connections each. Of
  /// one network a quarter of the total, or what one of its addresses may.
  [[nodiscard]] static stranger_caps of(std::size_t connections, std::size_t of_address) {
    const auto total = std::max<std::size_t>(connections / 2, 1);
    const auto per_address = std::max(of_address / 2, std::min<std::size_t>(of_address, 200));
    return {total, per_address, std::max(total / 4, per_address)};
  }
};

/// Counts the connections of the process on which nobody has logged in: in total, per client
/// address, per network. Any thread. Must outlive its places.
class stranger_ledger {
public:
  /// One such connection, for as long as it lives; empty: there was no room.
  class place {
  public:
    place() = default;
    place(place&& other) noexcept
        : ledger_{std::exchange(other.ledger_, nullptr)}, address_{std::move(other.address_)},
          network_{std::move(other.network_)} {}
    place& operator=(place&& other) noexcept {
      std::swap(ledger_, other.ledger_);
      std::swap(address_, other.address_);
      std::swap(network_, other.network_);
      return *this;
    }
    ~place() { give_up(); }
    /// Counts no more.
    void give_up() {
      if (auto* const ledger = std::exchange(ledger_, nullptr)) {
        ledger->by_address_.release(address_);
        ledger->by_network_.release(network_);
      }
    }
    [[nodiscard]] explicit operator bool() const { return ledger_ != nullptr; }

  private:
    friend class stranger_ledger;
    place(stranger_ledger& ledger, std::string address, std::string network)
        : ledger_{&ledger}, address_{std::move(address)}, network_{std::move(network)} {}

    stranger_ledger* ledger_ = nullptr;
    std::string address_;
    std::string network_;
  };

  /// Empty, and counted as refused: a cap is reached.
  [[nodiscard]] place take(std::string address, std::string network,
                           const stranger_caps& caps) {
    using verdict = connection_ledger::verdict;
    if (by_address_.admit(address, caps.total, caps.per_address) != verdict::admitted) {
      ++refused_;
      return {};
    }
    if (by_network_.admit(network, no_limit, caps.per_network) != verdict::admitted) {
      by_address_.release(address);
      ++refused_;
      return {};
    }
    return place{*this, std::move(address), std::move(network)};
  }
  /// Counts a connection that is in already, whatever the caps: one that is parked no more.
  [[nodiscard]] place take_back(std::string address, std::string network) {
    return take(std::move(address), std::move(network), {no_limit, no_limit, no_limit});
  }

  [[nodiscard]] std::size_t total() const { return by_address_.total(); }
  /// Since the start.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
  static constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

  connection_ledger by_address_;
  connection_ledger by_network_;
  std::atomic<std::uint64_t> refused_{0};
};

} // namespace stellwerk
