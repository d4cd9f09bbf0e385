#include "protocol/smtp/header_collector.hpp"

#include <algorithm>

namespace stellwerk::smtp {

header_status header_collector::take(std::string_view& content) {
  while (status_ == header_status::need_more && !content.empty()) {
    // Line by line, since an empty line is known by what has come before it.
    const auto end = content.find('\n');
    const auto line = content.substr(0, end == std::string_view::npos ? end : end + 1);
    const auto piece = line.substr(0, std::min(line.size(), max_octets_ - octets_.size()));
    octets_ += piece;
    content.remove_prefix(piece.size());
    if (octets_ == "\r\n" || octets_.ends_with("\r\n\r\n")) {
      empty_line_ = true;
      status_ = header_status::complete;
    } else if (octets_.size() == max_octets_) {
      status_ = header_status::too_long;
    }
  }
  return status_;
}

header_status header_collector::finish() {
  if (status_ == header_status::need_more)
    status_ = header_status::complete;
  return status_;
}

std::string_view header_collector::fields() const {
  std::string_view all = octets_;
  if (empty_line_)
    all.remove_suffix(std::min<std::size_t>(2, all.size()));
  return all;
}

} // namespace stellwerk::smtp
