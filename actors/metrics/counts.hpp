#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::metrics {

/// Any thread changes it, none waits; who reads sees each change soon.
class counter {
public:
  void add() { value_.fetch_add(1, std::memory_order_relaxed); }
  void add(std::uint64_t count) { value_.fetch_add(count, std::memory_order_relaxed); }
  void subtract() { value_.fetch_sub(1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// How long something took.
class histogram {
public:
  /// Upper bounds of the buckets, in milliseconds; a last one has none.
  static constexpr std::array<std::uint64_t, 12> bounds_ms{1,   5,   10,   25,   50,   100,
                                                           250, 500, 1000, 2500, 5000, 10000};

  void observe(std::chrono::microseconds took);
  /// Of one bucket alone; `bounds_ms.size()` is the last.
  [[nodiscard]] std::uint64_t in_bucket(std::size_t index) const {
    return buckets_[index].value();
  }
  [[nodiscard]] std::chrono::microseconds sum() const {
    return std::chrono::microseconds{sum_us_.value()};
  }

private:
  std::array<counter, bounds_ms.size() + 1> buckets_;
  counter sum_us_;
};

/// The label `backend`; `none` while it isn't decided.
enum class place : std::uint8_t { none, on_old, on_new, queue };
inline constexpr std::array all_places{place::none, place::on_old, place::on_new, place::queue};
[[nodiscard]] std::string_view text_of(place value);
/// `none` for anything else than `old`, `new` and `queue`.
[[nodiscard]] place parse_place(std::string_view text);

enum class login_outcome : std::uint8_t { accepted, refused, unavailable };
inline constexpr std::array all_login_outcomes{login_outcome::accepted, login_outcome::refused,
                                               login_outcome::unavailable};
[[nodiscard]] std::string_view text_of(login_outcome value);

enum class transaction_outcome : std::uint8_t { accepted, deferred, refused };
inline constexpr std::array all_transaction_outcomes{
    transaction_outcome::accepted, transaction_outcome::deferred, transaction_outcome::refused};
[[nodiscard]] std::string_view text_of(transaction_outcome value);

/// A counter for each value of an enumeration that counts from 0.
template <class Key, std::size_t Count> class counters_by {
public:
  [[nodiscard]] counter& operator[](Key key) { return all_[static_cast<std::size_t>(key)]; }
  [[nodiscard]] const counter& operator[](Key key) const {
    return all_[static_cast<std::size_t>(key)];
  }

private:
  std::array<counter, Count> all_;
};

struct listener_counts {
  std::string name; ///< The label, as in the log: `imap:993`.
  counter connections;
  counter refused; ///< By a limit on connections.
  counter tls_failures;
  counters_by<login_outcome, all_login_outcomes.size()> logins;
  counter delayed; ///< Refused logins that had to wait longer than the floor.
  /// Open now.
  counters_by<place, all_places.size()> sessions;
  /// Logins that wait now, see `limits.parked`.
  counter parked;
};

struct backend_counts {
  counters_by<transaction_outcome, all_transaction_outcomes.size()> transactions;
  counter failures;
  /// Until a connection stands and is prepared: greeting, TLS, capabilities.
  histogram connect;
};

/// Everything that is counted; its parts live as long as it does.
class counts {
public:
  /// Listeners of one name share their counts. Locks: once per listener and worker.
  [[nodiscard]] listener_counts& listener(std::string_view name);
  [[nodiscard]] std::vector<const listener_counts*> listeners() const;
  [[nodiscard]] backend_counts& backend(place which) {
    return backends_[static_cast<std::size_t>(which)];
  }
  [[nodiscard]] const backend_counts& backend(place which) const {
    return backends_[static_cast<std::size_t>(which)];
  }

private:
  mutable std::mutex mutex_; // Of the list alone.
  std::deque<listener_counts> listeners_;
  std::array<backend_counts, all_places.size()> backends_;
};

} // namespace stellwerk::metrics
