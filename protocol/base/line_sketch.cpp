#include "protocol/base/line_sketch.hpp"

#include <algorithm>

namespace stellwerk {

void line_sketch::add(std::string_view piece) {
  const auto head = piece.substr(0, head_.size() - head_octets_);
  std::ranges::copy(head, head_.begin() + static_cast<std::ptrdiff_t>(head_octets_));
  head_octets_ += head.size();
  octets_ += piece.size();

  const auto tail = piece.substr(piece.size() - std::min(piece.size(), tail_.size()));
  const auto kept = std::min(tail_octets_, tail_.size() - tail.size());
  std::copy_n(tail_.begin() + static_cast<std::ptrdiff_t>(tail_octets_ - kept), kept,
              tail_.begin());
  std::ranges::copy(tail, tail_.begin() + static_cast<std::ptrdiff_t>(kept));
  tail_octets_ = kept + tail.size();
}

bool line_sketch::finish() {
  if (tail_octets_ == 0 || tail_[tail_octets_ - 1] != '\r')
    return false;
  --octets_;
  --tail_octets_;
  head_octets_ = std::min(head_octets_, octets_);
  return true;
}

bool take_line(std::string_view& input, line_sketch& line) {
  const auto end = input.find('\n');
  line.add(input.substr(0, end));
  if (end == std::string_view::npos) {
    input = {};
    return false;
  }
  input.remove_prefix(end + 1);
  return true;
}

} // namespace stellwerk
