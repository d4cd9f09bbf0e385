#include "protocol/base/utf8.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("well-formed UTF-8 of every length") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("a\x7f"));
  CHECK(is_utf8("\xc2\x80 \xdf\xbf"));
  CHECK(is_utf8("\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf"));
  CHECK(is_utf8("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
}

TEST_CASE("octets that are not UTF-8 (RFC 3629 section 3)") {
  for (const auto* bad : {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3(",
                          "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xf0\x90\x80"})
    CHECK_FALSE(is_utf8(bad));
}
