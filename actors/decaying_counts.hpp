#pragma once

#include "actors/io/timer.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stellwerk {

/// Counts of what happens under each of many keys, halved with every ten minutes. Its memory is
/// taken once: of the eight keys that share a place, a ninth drives out the one that has been
/// quiet longest. The keys must be spread evenly, by a hash that nobody else knows.
class decaying_counts {
public:
  /// `keys`: how many are remembered, rounded up to a multiple of eight.
  explicit decaying_counts(std::size_t keys);

  /// Counts one more. What the count is with it.
  double add(std::uint64_t key, io::clock::time_point now);
  /// 0: nothing is remembered.
  [[nodiscard]] double at(std::uint64_t key, io::clock::time_point now) const;
  /// Has it been counted, and not been driven out since?
  [[nodiscard]] bool knows(std::uint64_t key) const { return find(key) != nullptr; }

private:
  struct entry {
    std::uint64_t key = 0;
    io::clock::time_point last = io::clock::time_point::min();
    double count = 0; // When it was counted last; 0: free.
  };
  [[nodiscard]] const entry* find(std::uint64_t key) const;
  [[nodiscard]] std::size_t first_of(std::uint64_t key) const;

  std::vector<entry> entries_;
};

} // namespace stellwerk
