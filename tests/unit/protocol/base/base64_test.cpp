#include "protocol/base/base64.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("the test vectors of RFC 4648 section 10, both ways") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [octets, text] : vectors) {
    CHECK(encode_base64(octets) == text);
    CHECK(decode_base64(text) == octets);
  }
}

TEST_CASE("every octet survives the way there and back") {
  std::string octets;
  for (int i = 0; i < 256; ++i)
    octets += static_cast<char>(i);
  for (std::size_t cut = 0; cut < 4; ++cut)
    CHECK(decode_base64(encode_base64(octets.substr(cut))) == octets.substr(cut));
}

TEST_CASE("what is not canonical is refused") {
  for (const auto* text : {"Zg=", "Zg", "Z", "====", "Z===", "Zh==", "Zm9=", "Zg==Zg==",
                           "Zm 9v", "Zm9v\r\n", "Zm9\xff", "-_-_", "=Zm9"})
    CHECK_FALSE(decode_base64(text).has_value());
}
