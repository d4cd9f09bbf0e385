#include "protocol/proxy_header/proxy_v2.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace stellwerk::proxy_header;
using namespace std::string_view_literals;

namespace {

const endpoint client4{false, {192, 0, 2, 1}, 40000};
const endpoint ours4{false, {198, 51, 100, 7}, 993};
const endpoint client6{true, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 40000};
const endpoint mapped{true, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1}, 40000};

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;

} // namespace

TEST_CASE("TCP over IPv4") {
  CHECK(proxy_v2_header(client4, ours4)
        == std::string{signature}.append("\x21\x11\x00\x0C"
                                         "\xC0\x00\x02\x01\xC6\x33\x64\x07\x9C\x40\x03\xE1"sv));
}

TEST_CASE("TCP over IPv6") {
  const auto header = proxy_v2_header(client6, {true, {0xFE, 0x80}, 25});
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
