#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace stellwerk {

/// The words of an enumeration whose values count from 0, one for each, in their order.
template <class Value, std::size_t Count> struct word_table {
  std::array<std::string_view, Count> words;

  [[nodiscard]] constexpr std::string_view text_of(Value value) const {
    return words.at(static_cast<std::size_t>(value));
  }
  /// Exact spelling only.
  [[nodiscard]] constexpr std::optional<Value> parse(std::string_view text) const {
    for (std::size_t at = 0; at < Count; ++at)
      if (words[at] == text)
        return static_cast<Value>(at);
    return std::nullopt;
  }
};

} // namespace stellwerk
