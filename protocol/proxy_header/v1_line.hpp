#pragma once

#include "protocol/proxy_header/connection_ends.hpp"

#include <optional>
#include <string_view>

namespace stellwerk::proxy_header {

/// A version 1 header.
struct v1_content {
  bool is_good = false;
  std::optional<connection_ends> ends{}; ///< None of an UNKNOWN connection.
};

/// `line` is what stands between `PROXY ` and CRLF, such as `TCP4 192.0.2.1 192.0.2.2 40000
/// 993`.
[[nodiscard]] v1_content parse_v1_line(std::string_view line);

} // namespace stellwerk::proxy_header
