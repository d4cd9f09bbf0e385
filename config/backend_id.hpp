#pragma once

#include "protocol/cutover/phase.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stellwerk {

/// A mail server behind us: a side of the move, or the `queue` beside them.
class backend_id {
public:
  /// Every side is one.
  constexpr backend_id(side where) : index_{static_cast<std::uint8_t>(where)} {}
  [[nodiscard]] static constexpr backend_id queue() { return backend_id{std::uint8_t{2}}; }

  [[nodiscard]] constexpr bool is_queue() const { return *this == queue(); }
  /// Of what is not the queue.
  [[nodiscard]] constexpr side as_side() const { return static_cast<side>(index_); }
  /// Less than `count`.
  [[nodiscard]] constexpr std::size_t index() const { return index_; }
  static constexpr std::size_t count = 3;

  constexpr auto operator<=>(const backend_id&) const = default;

private:
  explicit constexpr backend_id(std::uint8_t index) : index_{index} {}

  std::uint8_t index_;
};

/// `old`, `new`, `queue`.
[[nodiscard]] constexpr std::string_view text_of(backend_id which) {
  return which.is_queue() ? "queue" : which.as_side() == side::on_old ? "old" : "new";
}

} // namespace stellwerk
