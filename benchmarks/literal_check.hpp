#pragma once

#include "benchmarks/literal.hpp"

#include <algorithm>
#include <stdexcept>

namespace stellwerk::benchmarks {

/// Compares a message that arrives in pieces with what it was sent as.
class literal_check {
public:
  explicit literal_check(const literal_octets& octets) : octets_{octets} {}

  /// A message of that many octets begins.
  void begin(std::uint64_t length) { length_ = left_ = length; }

  [[nodiscard]] std::uint64_t left() const { return left_; }

  /// Takes the message's octets off the front of `input` and says how many they were; throws
  /// at the first one that differs.
  std::uint64_t take(std::string_view& input) {
    std::uint64_t taken = 0;
    while (left_ > 0 && !input.empty()) {
      const std::string_view expected
          = octets_.at(length_ - left_, std::min<std::uint64_t>(left_, input.size()));
      if (input.substr(0, expected.size()) != expected)
        throw std::runtime_error{"a message arrived with other octets than it was sent with"};
      input.remove_prefix(expected.size());
      left_ -= expected.size();
      taken += expected.size();
    }
    return taken;
  }

private:
  const literal_octets& octets_;
  std::uint64_t length_ = 0;
  std::uint64_t left_ = 0;
};

} // namespace stellwerk::benchmarks
