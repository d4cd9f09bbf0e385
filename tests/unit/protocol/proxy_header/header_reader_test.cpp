#include "protocol/proxy_header/header_reader.hpp"

#include "protocol/proxy_header/crc32c.hpp"
#include "protocol/proxy_header/proxy_v2.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace stellwerk::proxy_header;
using namespace std::string_view_literals;

namespace {

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr auto ipv4_ends = "\xC0\x00\x02\x01\xC6\x33\x64\x07\x9C\x40\x03\xE1"sv;

endpoint end(std::string_view address, std::uint16_t port) {
  return {stellwerk::parse_ip_address(address).value(), port};
}

const connection_ends told4{end("192.0.2.1", 40000), end("198.51.100.7", 993)};

struct heard {
  header_status status = header_status::need_more;
  header_fault fault = header_fault::none;
  std::optional<connection_ends> ends{};
  std::string rest{};
  bool operator==(const heard&) const = default;
};

heard read_in_pieces(std::string_view octets, std::size_t size) {
  header_reader reader;
  heard result;
  while (!octets.empty() && result.status == header_status::need_more) {
    auto piece = octets.substr(0, size);
    const auto given = piece.size();
    result.status = reader.take(piece);
    octets.remove_prefix(given - piece.size());
  }
  result.fault = reader.fault();
  result.ends = reader.ends();
  result.rest = result.status == header_status::complete ? octets : std::string_view{};
  return result;
}

/// Whole, and the same in pieces.
heard read(std::string_view octets) {
  const auto whole = read_in_pieces(octets, octets.size());
  for (const std::size_t size : {1U, 2U, 3U, 5U, 13U})
    CHECK(read_in_pieces(octets, size) == whole);
  return whole;
}

header_fault fault_of(std::string_view octets) {
  const auto result = read(octets);
  CHECK(result.status == header_status::fault);
  return result.fault;
}

std::string v2(std::string_view command_and_family, std::string_view block) {
  std::string header{signature};
  header += command_and_family;
  header += static_cast<char>(block.size() >> 8U);
  header += static_cast<char>(block.size() & 0xFFU);
  return header.append(block);
}

std::string with_checksum(std::string_view before, std::string_view behind) {
  constexpr auto empty_checksum = "\x03\x00\x04\0\0\0\0"sv;
  std::string block{ipv4_ends};
  block.append(before).append(empty_checksum).append(behind);
  auto header = v2("\x21\x11"sv, block);
  const auto sum = crc32c(header);
  const auto at = 16 + ipv4_ends.size() + before.size() + 3;
  for (std::size_t i = 0; i < 4; ++i)
    header[at + i] = static_cast<char>(sum >> (24 - 8 * i) & 0xFFU);
  return header;
}

} // namespace

TEST_CASE("version 1") {
  const auto four = read("PROXY TCP4 192.0.2.1 198.51.100.7 40000 993\r\n\x16\x03"sv);
  CHECK(four == heard{header_status::complete, header_fault::none, told4, "\x16\x03"});
  const auto six = read("PROXY TCP6 2001:db8::1 ::1 1 65535\r\nEHLO x\r\n");
  CHECK(six.ends == connection_ends{end("2001:db8::1", 1), end("::1", 65535)});
  CHECK(six.rest == "EHLO x\r\n");
}

TEST_CASE("version 1: IPv4 inside IPv6 is IPv4") {
  CHECK(read("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.7 40000 993\r\n").ends == told4);
}

TEST_CASE("version 1: UNKNOWN has no addresses, whatever follows") {
  for (const auto* line : {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN ::1 ::1 0 0\r\n",
                           "PROXY UNKNOWN TCP4 6.6.6.6 6.6.6.6 1 1\r\n"}) {
    const auto result = read(line);
    CHECK(result.status == header_status::complete);
    CHECK(!result.ends.has_value());
  }
}

TEST_CASE("version 1: at most 107 octets") {
  const std::string longest = "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n";
  REQUIRE(longest.size() == 107);
  CHECK(read(longest).status == header_status::complete);
  CHECK(fault_of("PROXY UNKNOWN " + std::string(92, 'x') + "\r\n") == header_fault::too_long);
}

TEST_CASE("version 1: broken lines") {
  for (const auto* line :
       {"PROXY TCP4 192.0.2.1 198.51.100.7 40000\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 40000 993 \r\n",
        "PROXY TCP4  192.0.2.1 198.51.100.7 40000 993\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 040000 993\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 65536 993\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 -1 993\r\n",
        "PROXY TCP4 192.0.2.1 ::1 40000 993\r\n", "PROXY TCP4 ::1 ::1 40000 993\r\n",
        "PROXY TCP6 192.0.2.1 198.51.100.7 40000 993\r\n",
        "PROXY TCP4 example.org 198.51.100.7 40000 993\r\n",
        "PROXY TCP5 192.0.2.1 198.51.100.7 40000 993\r\n",
        "PROXY tcp4 192.0.2.1 198.51.100.7 40000 993\r\n", "PROXY UNKNOWNS\r\n", "PROXY \r\n",
        "PROXY UNKNOWN\n", "PROXY UNKNOWN \r \r\n", "PROXY TCP4 192.0.2.1\n"})
    CHECK_MESSAGE(fault_of(line) == header_fault::malformed, line);
}

TEST_CASE("something else is known at its first octets") {
  for (const auto other : {"\x16\x03\x01"sv, "EHLO x\r\n"sv, "a1 LOGIN x y\r\n"sv,
                           "proxy TCP4"sv, "PROXYTCP4"sv, "\r\n\r\nX"sv, "\0"sv})
    CHECK(fault_of(other) == header_fault::no_signature);
  CHECK(read("PROX").status == header_status::need_more);
  CHECK(read(signature).status == header_status::need_more);
}

TEST_CASE("version 2") {
  const auto four = read(v2("\x21\x11"sv, ipv4_ends) + "* OK");
  CHECK(four == heard{header_status::complete, header_fault::none, told4, "* OK"});
  const auto client = end("2001:db8::1", 40000);
  const auto ours = end("2001:db8::2", 25);
  CHECK(read(proxy_v2_header(client, ours)).ends == connection_ends{client, ours});
}

TEST_CASE("version 2: IPv4 inside IPv6 is IPv4") {
  CHECK(read(proxy_v2_header(end("2001:db8::1", 1), told4.destination)).ends
        == connection_ends{end("2001:db8::1", 1), told4.destination});
}

TEST_CASE("version 2: what we build we read, TLVs skipped") {
  const tls_layer tls{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "mail.old.example"};
  const auto result = read(proxy_v2_header(told4.source, told4.destination, tls) + "x");
  CHECK(result.ends == told4);
  CHECK(result.rest == "x");
}

TEST_CASE("version 2: LOCAL has no addresses, whatever follows") {
  CHECK(read(proxy_v2_local_header()).status == header_status::complete);
  const auto told = read(v2("\x20\x11"sv, ipv4_ends));
  CHECK(told.status == header_status::complete);
  CHECK(!told.ends.has_value());
  CHECK(!read(v2("\x20\xFF"sv, "no TLV"sv)).ends.has_value());
}

TEST_CASE("version 2: not of TCP over IP") {
  const std::string unix_paths(216, 'x');
  for (const auto& header :
       {v2("\x21\x00"sv, ""sv), v2("\x21\x12"sv, ipv4_ends), v2("\x21\x31"sv, unix_paths),
        v2("\x21\x01"sv, "\x04\x00\x00"sv)}) {
    const auto result = read(header);
    CHECK(result.status == header_status::complete);
    CHECK(!result.ends.has_value());
  }
}

TEST_CASE("version 2: broken headers") {
  const std::string ends{ipv4_ends};
  CHECK(fault_of(v2("\x31\x11"sv, ipv4_ends)) == header_fault::unsupported_version);
  CHECK(fault_of(v2("\x22\x11"sv, ipv4_ends)) == header_fault::malformed);
  CHECK(fault_of(v2("\x21\x41"sv, ipv4_ends)) == header_fault::malformed);
  CHECK(fault_of(v2("\x21\x13"sv, ipv4_ends)) == header_fault::malformed);
  CHECK(fault_of(v2("\x21\x11"sv, ipv4_ends.substr(1))) == header_fault::malformed);
  CHECK(fault_of(v2("\x21\x21"sv, ipv4_ends)) == header_fault::malformed);
  CHECK(fault_of(v2("\x21\x11"sv, ends + "\x04\x00")) == header_fault::malformed);
  CHECK(fault_of(v2("\x21\x11"sv, ends + std::string{"\x04\x00\x02x"sv}))
        == header_fault::malformed);
}

TEST_CASE("version 2: a limit on the length, known before the octets come") {
  const std::string rest(4096 - 16 - ipv4_ends.size() - 3, 'x');
  std::string tlv{"\x04"};
  tlv += static_cast<char>(rest.size() >> 8U);
  tlv += static_cast<char>(rest.size() & 0xFFU);
  CHECK(read(v2("\x21\x11"sv, std::string{ipv4_ends} + tlv + rest)).ends == told4);
  CHECK(fault_of(std::string{signature} + "\x21\x11\x0F\xF1") == header_fault::too_long);
}

TEST_CASE("CRC32C") {
  CHECK(crc32c("123456789") == 0xE3069283);
  CHECK(crc32c("") == 0);
  const auto good = with_checksum("\x04\x00\x01x"sv, "\x05\x00\x02id"sv);
  CHECK(read(good).ends == told4);
  const auto type_at = 16 + ipv4_ends.size() + 4;
  for (std::size_t i = 16; i < good.size(); ++i) {
    if (i == type_at)
      continue; // It would be no checksum.
    auto bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK(read(bad).ends != std::optional{told4});
  }
  auto other = good;
  other[16] = '\x7F';
  CHECK(fault_of(other) == header_fault::bad_checksum);
  CHECK(fault_of(with_checksum("\x03\x00\x04\0\0\0\0"sv, ""sv)) == header_fault::malformed);
  CHECK(fault_of(v2("\x21\x11"sv, std::string{ipv4_ends} + std::string{"\x03\x00\x01x"sv}))
        == header_fault::malformed);
}
