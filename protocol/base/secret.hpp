#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace stellwerk {

/// Overwrites the octets of `text`, also those behind its end within the capacity, then empties
/// it.
void wipe(std::string& text);

/// A password or token: moves but does not copy, and is overwritten when it goes.
class secret {
public:
  secret() = default;
  explicit secret(std::string_view text) {
    text_.reserve(64); // Beyond the small-string buffer: a move then leaves no octets behind.
    text_.assign(text);
  }
  secret(secret&& other) noexcept : text_{std::exchange(other.text_, {})} {}
  secret& operator=(secret&& other) noexcept {
    if (this != &other) {
      wipe(text_);
      text_ = std::exchange(other.text_, {});
    }
    return *this;
  }
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
  ~secret() { wipe(text_); }

  [[nodiscard]] std::string_view view() const { return text_; }
  /// For C's functions, which see it end at its first NUL.
  [[nodiscard]] const char* c_str() const { return text_.c_str(); }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] secret clone() const { return secret{text_}; }

private:
  std::string text_;
};

} // namespace stellwerk
