#pragma once

#include "protocol/proxy_header/connection_ends.hpp"
#include "protocol/proxy_header/header_reader.hpp"

#include <optional>
#include <string>

namespace stellwerk::proxy_header {

/// A version 2 header.
struct v2_content {
  header_fault fault = header_fault::none;
  std::optional<connection_ends> ends{}; ///< None if LOCAL, or not of TCP over IP.
};

/// `header` is the whole one: its fixed octets, whose signature and version have been seen, and
/// as many more as they announce.
[[nodiscard]] v2_content parse_v2_block(std::string header);

} // namespace stellwerk::proxy_header
