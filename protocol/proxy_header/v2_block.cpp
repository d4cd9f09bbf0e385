#include "protocol/proxy_header/v2_block.hpp"

#include "protocol/proxy_header/crc32c.hpp"
#include "protocol/proxy_header/signature.hpp"

#include <algorithm>

namespace stellwerk::proxy_header {
namespace {

enum class family : unsigned { unspecified, ipv4, ipv6, unix_socket };
constexpr unsigned last_family = 3;
constexpr unsigned stream = 1;
constexpr unsigned last_transport = 2;

unsigned octet_at(std::string_view octets, std::size_t at) {
  return static_cast<unsigned char>(octets[at]);
}

unsigned number_at(std::string_view octets, std::size_t at) {
  return octet_at(octets, at) << 8U | octet_at(octets, at + 1);
}

std::size_t octets_of_addresses(family of) {
  switch (of) {
    case family::ipv4:
      return 12;
    case family::ipv6:
      return 36;
    case family::unix_socket:
      return 216;
    case family::unspecified:
      break;
  }
  return 0;
}

ip_address address_at(std::string_view octets, bool is_ipv6) {
  ip_address result;
  result.is_ipv6 = is_ipv6;
  std::transform(octets.begin(), octets.begin() + (is_ipv6 ? 16 : 4), result.octets.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return unmapped(result);
}

connection_ends ends_of(std::string_view block, bool is_ipv6) {
  const std::size_t size = is_ipv6 ? 16 : 4;
  return {{address_at(block, is_ipv6), static_cast<std::uint16_t>(number_at(block, 2 * size))},
          {address_at(block.substr(size), is_ipv6),
           static_cast<std::uint16_t>(number_at(block, 2 * size + 2))}};
}

// type, two octets of length, value; `at` is where the first one begins.
header_fault check_tlvs(std::string& header, std::size_t at) {
  constexpr std::size_t head = 3;
  constexpr std::size_t checksum_octets = 4;
  std::size_t checksum_at = 0;
  while (at < header.size()) {
    if (header.size() - at < head || header.size() - at - head < number_at(header, at + 1))
      return header_fault::malformed;
    const auto length = number_at(header, at + 1);
    if (octet_at(header, at) == pp2_type_crc32c) {
      if (length != checksum_octets || checksum_at != 0)
        return header_fault::malformed;
      checksum_at = at + head;
    }
    at += head + length;
  }
  if (checksum_at == 0)
    return header_fault::none;
  const auto told = number_at(header, checksum_at) << 16U | number_at(header, checksum_at + 2);
  std::fill_n(header.begin() + static_cast<std::ptrdiff_t>(checksum_at), checksum_octets, '\0');
  return crc32c(header) == told ? header_fault::none : header_fault::bad_checksum;
}

} // namespace

v2_content parse_v2_block(std::string header) {
  const auto command = octet_at(header, v2_signature.size()) & 0xFU;
  const auto kind = octet_at(header, v2_signature.size() + 1);
  // LOCAL: all that follows is to be ignored, the family included.
  if (command == 0)
    return {};
  if (command != 1 || kind >> 4U > last_family || (kind & 0xFU) > last_transport)
    return {header_fault::malformed};
  const auto of = static_cast<family>(kind >> 4U);
  const auto addresses = octets_of_addresses(of);
  const std::string_view block = std::string_view{header}.substr(v2_fixed_octets);
  if (block.size() < addresses)
    return {header_fault::malformed};
  v2_content result;
  const bool is_ip = of == family::ipv4 || of == family::ipv6;
  if (is_ip && (kind & 0xFU) == stream)
    result.ends = ends_of(block, of == family::ipv6);
  result.fault = check_tlvs(header, v2_fixed_octets + addresses);
  if (result.fault != header_fault::none)
    result.ends.reset();
  return result;
}

} // namespace stellwerk::proxy_header
