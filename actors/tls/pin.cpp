#include "actors/tls/pin.hpp"

namespace stellwerk::tls {

std::string to_string(const key_pin& pin) {
  constexpr std::string_view hex_digits = "0123456789abcdef";
  std::string text{"sha256:"};
  for (const auto octet : pin)
    text.append(1, hex_digits[octet >> 4]).append(1, hex_digits[octet & 15]);
  return text;
}

std::optional<key_pin> pin_of(X509* leaf) {
  unsigned char* spki = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &spki);
  if (size <= 0)
    return std::nullopt;
  key_pin pin{};
  const int done = EVP_Digest(spki, static_cast<std::size_t>(size), pin.data(), nullptr,
                              EVP_sha256(), nullptr);
  OPENSSL_free(spki);
  return done == 1 ? std::optional{pin} : std::nullopt;
}

} // namespace stellwerk::tls
