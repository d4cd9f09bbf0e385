#pragma once

#include "protocol/base/ascii.hpp"

#include <cstddef>
#include <string_view>

namespace stellwerk {

/// A place in a text that is there as a whole (a line); a grammar's `take_*` functions move it.
class cursor {
public:
  explicit constexpr cursor(std::string_view text) : rest_{text} {}

  [[nodiscard]] constexpr bool at_end() const { return rest_.empty(); }
  /// What has not been taken.
  [[nodiscard]] constexpr std::string_view rest() const { return rest_; }
  /// The next octet, NUL at the end (ask `at_end` where a NUL may occur).
  [[nodiscard]] constexpr char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  /// Takes `c` if it is next.
  constexpr bool take(char c) {
    if (rest_.empty() || rest_.front() != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Takes `word` if it is next, in any case of its ASCII letters.
  constexpr bool take_ignoring_case(std::string_view word) {
    if (!starts_with_ignoring_case(rest_, word))
      return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  /// Takes as many octets as satisfy `belongs`, maybe none.
  template <class Predicate> constexpr std::string_view take_while(Predicate belongs) {
    std::size_t count = 0;
    while (count < rest_.size() && belongs(rest_[count]))
      ++count;
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  /// Takes what stands before the next `c`, or all that is left; `c` itself stays.
  constexpr std::string_view take_until(char c) {
    return take_while([c](char other) { return other != c; });
  }

private:
  std::string_view rest_;
};

} // namespace stellwerk
