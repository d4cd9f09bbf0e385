#include "actors/recipient_digest.hpp"

#include "protocol/base/ascii.hpp"

#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace stellwerk {

std::string recipient_digest(std::string_view instance, std::string_view address) {
  const auto folded = to_lower(address);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), instance.data(), static_cast<int>(instance.size()),
       reinterpret_cast<const unsigned char*>(folded.data()), folded.size(), digest.data(),
       &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 15U];
  }
  return text;
}

} // namespace stellwerk
