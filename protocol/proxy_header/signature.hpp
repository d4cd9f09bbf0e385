#pragma once

#include <cstddef>
#include <string_view>

// What the reader and the builder of headers share.
namespace stellwerk::proxy_header {

inline constexpr std::string_view v1_signature = "PROXY ";
inline constexpr std::string_view v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};
/// Signature, version and command, family and transport, length of what follows.
inline constexpr std::size_t v2_fixed_octets = 16;

inline constexpr unsigned pp2_type_authority = 0x02;
inline constexpr unsigned pp2_type_crc32c = 0x03;
inline constexpr unsigned pp2_type_ssl = 0x20;
inline constexpr unsigned pp2_subtype_ssl_version = 0x21;
inline constexpr unsigned pp2_subtype_ssl_cipher = 0x23;

} // namespace stellwerk::proxy_header
