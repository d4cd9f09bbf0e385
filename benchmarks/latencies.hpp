#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace stellwerk::benchmarks {

/// How long answers took, each from the moment its question was due: a stall counts against
/// every question that had to wait.
class latencies {
public:
  using clock = std::chrono::steady_clock;

  void add(clock::time_point due) { all_.push_back(clock::now() - due); }

  [[nodiscard]] std::uint64_t count() const { return all_.size(); }

  /// `share` from 0 to 1; 0 when there are none.
  [[nodiscard]] double microseconds_at(double share) {
    if (all_.empty())
      return 0;
    std::sort(all_.begin(), all_.end());
    const auto at = static_cast<std::size_t>(share * static_cast<double>(all_.size() - 1));
    return std::chrono::duration<double, std::micro>{all_[at]}.count();
  }

private:
  std::vector<clock::duration> all_;
};

} // namespace stellwerk::benchmarks
