#include "actors/provisioning/login_digest.hpp"

#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdexcept>
#include <string>

namespace stellwerk {

login_digest::login_digest() {
  if (::RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
    throw std::runtime_error{"no random octets"};
}

login_digest::~login_digest() { ::OPENSSL_cleanse(key_.data(), key_.size()); }

std::optional<login_digest::value> login_digest::of(std::string_view name,
                                                    const secret& password) const {
  std::string both;
  both.reserve(name.size() + 1 + password.view().size());
  both.append(name).append(1, '\0').append(password.view());
  std::array<unsigned char, EVP_MAX_MD_SIZE> whole{};
  unsigned size = 0;
  const auto* made = ::HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
                            reinterpret_cast<const unsigned char*>(both.data()), both.size(),
                            whole.data(), &size);
  wipe(both);
  value cut{};
  if (made == nullptr || size < cut.size())
    return std::nullopt;
  std::copy_n(whole.begin(), cut.size(), cut.begin());
  return cut;
}

} // namespace stellwerk
