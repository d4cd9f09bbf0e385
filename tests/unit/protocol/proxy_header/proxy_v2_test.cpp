#include "protocol/proxy_header/proxy_v2.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace stellwerk::proxy_header;
using namespace std::string_view_literals;

namespace {

endpoint end(std::string_view address, std::uint16_t port) {
  return {stellwerk::parse_ip_address(address).value(), port};
}

const auto client4 = end("192.0.2.1", 40000);
const auto ours4 = end("198.51.100.7", 993);
const auto client6 = end("2001:db8::1", 40000);
const auto mapped = end("::ffff:192.0.2.1", 40000);

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;

} // namespace

TEST_CASE("TCP over IPv4") {
  CHECK(proxy_v2_header(client4, ours4)
        == std::string{signature}.append("\x21\x11\x00\x0C"
                                         "\xC0\x00\x02\x01\xC6\x33\x64\x07\x9C\x40\x03\xE1"sv));
}

TEST_CASE("TCP over IPv6") {
  const auto header = proxy_v2_header(client6, end("fe80::", 25));
  REQUIRE(header.size() == 52);
  CHECK(header.substr(0, 16) == std::string{signature}.append("\x21\x21\x00\x24"sv));
  CHECK(header.substr(16, 16) == "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x01"sv);
  CHECK(header.substr(32, 16) == "\xFE\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv);
  CHECK(header.substr(48) == "\x9C\x40\x00\x19"sv);
}

TEST_CASE("an IPv4 client of an IPv6 socket is an IPv4 client") {
  CHECK(proxy_v2_header(mapped, ours4) == proxy_v2_header(client4, ours4));
}

TEST_CASE("two families become IPv6") {
  const auto header = proxy_v2_header(client6, ours4);
  REQUIRE(header.size() == 52);
  CHECK(header[13] == '\x21');
  CHECK(header.substr(32, 16) == "\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xC6\x33\x64\x07"sv);
}

TEST_CASE("a connection of our own") {
  CHECK(proxy_v2_local_header() == std::string{signature}.append("\x20\x00\x00\x00"sv));
}

TEST_CASE("TLS of the client is told by TLVs") {
  const auto plain = proxy_v2_header(client4, ours4);
  const auto header = proxy_v2_header(
      client4, ours4, tls_layer{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "mail.old.example"});
  CHECK(header.substr(0, 14) == plain.substr(0, 14));
  CHECK(header.substr(14, 2) == std::string{'\0', static_cast<char>(12 + 19 + 43)});
  CHECK(header.substr(16, 12) == plain.substr(16));
  CHECK(header.substr(28)
        == std::string{"\x02\x00\x10mail.old.example"sv}
               .append("\x20\x00\x28\x01\x00\x00\x00\x01"sv)
               .append("\x21\x00\x07TLSv1.3"sv)
               .append("\x23\x00\x16TLS_AES_256_GCM_SHA384"sv));
}

TEST_CASE("no server name, no PP2_TYPE_AUTHORITY") {
  const auto header = proxy_v2_header(client4, ours4, tls_layer{"TLSv1.2", "X", ""});
  CHECK(header.substr(28)
        == std::string{"\x20\x00\x13\x01\x00\x00\x00\x01"sv}.append(
            "\x21\x00\x07TLSv1.2\x23\x00\x01X"sv));
}

TEST_CASE("a name beyond all names is left out") {
  const tls_layer tls{"TLSv1.3", "X", std::string(256, 'a')};
  CHECK(proxy_v2_header(client4, ours4, tls)
        == proxy_v2_header(client4, ours4, tls_layer{"TLSv1.3", "X", ""}));
}
