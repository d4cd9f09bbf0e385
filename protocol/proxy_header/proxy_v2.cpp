#include "protocol/proxy_header/proxy_v2.hpp"

#include "protocol/proxy_header/signature.hpp"

#include <string_view>

namespace stellwerk::proxy_header {
namespace {

constexpr std::size_t max_name_octets = 255;
constexpr unsigned client_ssl = 0x01; // PP2_CLIENT_SSL: over TLS; no bit of a certificate.
constexpr unsigned not_verified = 1;  // Zero would say that a certificate was.

void put_octet(std::string& output, unsigned value) {
  output += static_cast<char>(static_cast<unsigned char>(value));
}

void put_number(std::string& output, unsigned value) {
  put_octet(output, value >> 8U & 0xFFU);
  put_octet(output, value & 0xFFU);
}

void put_address(std::string& output, const ip_address& address, bool as_ipv4) {
  const auto* const octets = address.octets.begin();
  if (!as_ipv4 && !address.is_ipv6)
    output.append(10, '\0').append(2, '\xFF');
  output.append(octets, octets + (address.is_ipv6 ? 16 : 4));
}

void put_tlv(std::string& output, unsigned type, std::string_view value) {
  if (value.empty() || value.size() > max_name_octets)
    return;
  put_octet(output, type);
  put_number(output, static_cast<unsigned>(value.size()));
  output += value;
}

std::string tlvs_of(const tls_layer& tls) {
  std::string ssl;
  put_octet(ssl, client_ssl);
  put_number(ssl, 0);
  put_number(ssl, not_verified);
  put_tlv(ssl, pp2_subtype_ssl_version, tls.version);
  put_tlv(ssl, pp2_subtype_ssl_cipher, tls.cipher);
  std::string result;
  put_tlv(result, pp2_type_authority, tls.server_name);
  put_octet(result, pp2_type_ssl);
  put_number(result, static_cast<unsigned>(ssl.size()));
  return result + ssl;
}

} // namespace

std::string proxy_v2_header(const endpoint& source, const endpoint& destination,
                            const std::optional<tls_layer>& tls) {
  const auto from = unmapped(source.address);
  const auto to = unmapped(destination.address);
  const bool as_ipv4 = !from.is_ipv6 && !to.is_ipv6;
  const auto tlvs = tls ? tlvs_of(*tls) : std::string{};
  std::string header{v2_signature};
  put_octet(header, 0x21);                  // Version 2, PROXY.
  put_octet(header, as_ipv4 ? 0x11 : 0x21); // AF_INET or AF_INET6, STREAM.
  put_number(header, (as_ipv4 ? 12U : 36U) + static_cast<unsigned>(tlvs.size()));
  put_address(header, from, as_ipv4);
  put_address(header, to, as_ipv4);
  put_number(header, source.port);
  put_number(header, destination.port);
  return header + tlvs;
}

std::string proxy_v2_local_header() {
  std::string header{v2_signature};
  put_octet(header, 0x20); // Version 2, LOCAL.
  put_octet(header, 0x00); // Unspecified.
  put_number(header, 0);
  return header;
}

} // namespace stellwerk::proxy_header
