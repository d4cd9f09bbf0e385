#pragma once

#include "protocol/base/secret.hpp"

#include <string>
#include <string_view>

namespace stellwerk {

/// Octets that have arrived and that no dialogue has taken yet. Dialogues take from `rest`.
class inbox {
public:
  [[nodiscard]] std::string_view& rest() { return rest_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

  /// Puts `arrived` behind what is left. Views handed out before end here.
  void append(std::string_view arrived) {
    const auto taken = held_.size() - rest_.size();
    held_.erase(0, taken);
    held_.append(arrived);
    rest_ = held_;
  }

  /// Overwrites what was taken, which may hold a password, and keeps the rest alone.
  void forget_taken() {
    std::string left{rest_};
    wipe(held_);
    held_.swap(left);
    rest_ = held_;
  }

  /// Forgets everything and gives the memory back.
  void clear() {
    std::string{}.swap(held_);
    rest_ = {};
  }

private:
  std::string held_;
  std::string_view rest_; // Always the end of `held_`.
};

} // namespace stellwerk
