#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stellwerk::benchmarks {

/// The octets of every message: Base 64 lines of 78 octets that repeat after `period`. The
/// stub sends them and the load generator compares each one, so that an octet that is lost,
/// doubled or changed on the way is noticed.
class literal_octets {
public:
  static constexpr std::size_t period = std::size_t{78} * 840;
  static constexpr std::size_t longest_run = period * 15;

  static constexpr std::uint64_t none = ~std::uint64_t{0};

  /// With `wrong_at` less than `period` the octet there is another one.
  explicit literal_octets(std::uint64_t wrong_at = none) {
    constexpr std::string_view alphabet
        = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    octets_.reserve(period + longest_run);
    std::uint32_t random = 2463534242U; // xorshift32: the same octets on every run
    while (octets_.size() < period) {
      for (int column = 0; column < 76; ++column) {
        random ^= random << 13U;
        random ^= random >> 17U;
        random ^= random << 5U;
        octets_ += alphabet[random % alphabet.size()];
      }
      octets_ += "\r\n";
    }
    if (wrong_at < period)
      octets_[wrong_at] = '*';
    while (octets_.size() < period + longest_run)
      octets_.append(octets_, 0, period);
  }

  /// The octets that start `offset` into a message: `wanted` of them, or `longest_run`.
  [[nodiscard]] std::string_view at(std::uint64_t offset, std::uint64_t wanted) const {
    return std::string_view{octets_}.substr(offset % period,
                                            wanted < longest_run ? wanted : longest_run);
  }

private:
  std::string octets_;
};

} // namespace stellwerk::benchmarks
