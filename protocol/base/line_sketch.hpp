#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace stellwerk {

/// What is worth keeping of a line of any length that passes by: its first 128 octets and its
/// last 32.
class line_sketch {
public:
  /// A piece of the line, without the LF that ends it.
  void add(std::string_view piece);

  /// The LF came. True if a CR stood before it, which is then no part of the line; false: the
  /// line is not one.
  [[nodiscard]] bool finish();

  void clear() { octets_ = head_octets_ = tail_octets_ = 0; }

  [[nodiscard]] bool empty() const { return octets_ == 0; }
  [[nodiscard]] std::string_view head() const { return {head_.data(), head_octets_}; }
  [[nodiscard]] std::string_view tail() const { return {tail_.data(), tail_octets_}; }
  /// Is `head` the whole line?
  [[nodiscard]] bool fits_head() const { return octets_ == head_octets_; }

private:
  std::array<char, 128> head_;
  std::array<char, 32> tail_;
  std::size_t octets_ = 0;
  std::size_t head_octets_ = 0;
  std::size_t tail_octets_ = 0;
};

/// Moves one line's octets from `input` into `line`, its LF left out. True if the LF came.
[[nodiscard]] bool take_line(std::string_view& input, line_sketch& line);

} // namespace stellwerk
