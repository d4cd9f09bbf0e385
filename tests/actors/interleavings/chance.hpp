#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>

namespace stellwerk::test {

/// All choices of an interleaving: the same seed, the same choices.
class chance {
public:
  explicit chance(std::uint64_t seed) : engine_{seed} {}

  /// 0 to `count` - 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class Range> const auto& pick(const Range& range) {
    return range[below(std::size(range))];
  }
  /// An index, the more likely the heavier; not all of them are 0.
  std::size_t weighed(std::span<const unsigned> weights) {
    auto left = below(std::accumulate(weights.begin(), weights.end(), std::size_t{0}));
    std::size_t index = 0;
    while (left >= weights[index])
      left -= weights[index++];
    return index;
  }

private:
  std::mt19937_64 engine_;
};

} // namespace stellwerk::test
