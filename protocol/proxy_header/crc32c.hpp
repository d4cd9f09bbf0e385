#pragma once

#include <cstdint>
#include <string_view>

namespace stellwerk::proxy_header {

/// The checksum of PP2_TYPE_CRC32C (RFC 3720 appendix B.4).
[[nodiscard]] std::uint32_t crc32c(std::string_view octets);

} // namespace stellwerk::proxy_header
