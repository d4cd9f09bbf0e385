#include "actors/decaying_counts.hpp"

#include <algorithm>
#include <cmath>

namespace stellwerk {
namespace {

constexpr std::size_t ways = 8;
constexpr std::chrono::duration<double> half_life = std::chrono::minutes{10};

double decayed(double count, io::clock::duration quiet) {
  return count * std::exp2(-(std::chrono::duration<double>{quiet} / half_life));
}

} // namespace

decaying_counts::decaying_counts(std::size_t keys)
    : entries_(std::max<std::size_t>((keys + ways - 1) / ways, 1) * ways) {}

std::size_t decaying_counts::first_of(std::uint64_t key) const {
  return key % (entries_.size() / ways) * ways;
}

const decaying_counts::entry* decaying_counts::find(std::uint64_t key) const {
  const auto* const first = entries_.data() + first_of(key);
  const auto* const found = std::find_if(
      first, first + ways, [key](const entry& one) { return one.count > 0 && one.key == key; });
  return found == first + ways ? nullptr : found;
}

double decaying_counts::at(std::uint64_t key, io::clock::time_point now) const {
  const auto* const found = find(key);
  return found == nullptr ? 0 : decayed(found->count, now - found->last);
}

double decaying_counts::add(std::uint64_t key, io::clock::time_point now) {
  const auto count = at(key, now) + 1;
  auto* const first = entries_.data() + first_of(key);
  auto* place = std::find_if(
      first, first + ways, [key](const entry& one) { return one.count > 0 && one.key == key; });
  if (place == first + ways)
    place = std::min_element(first, first + ways, [](const entry& one, const entry& other) {
      return one.last < other.last;
    });
  *place = {key, now, count};
  return count;
}

} // namespace stellwerk
