#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>

namespace stellwerk::fuzz {

/// Calls `feed(piece)` with `input` cut at places drawn from `seed`; pieces are 1 to 17 octets,
/// now and then longer. The same seed cuts the same way.
template <class Feed> void feed_sliced(std::string_view input, std::uint32_t seed, Feed feed) {
  std::minstd_rand random{seed | 1U};
  while (!input.empty()) {
    const std::size_t wish = random() % 8 == 0 ? 200 : 1 + random() % 17;
    const auto piece = input.substr(0, wish);
    input.remove_prefix(piece.size());
    feed(piece);
  }
}

} // namespace stellwerk::fuzz
