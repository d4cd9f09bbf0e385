#include "actors/provisioning/crypt_hash.hpp"

#include <array>
#include <crypt.h>
#include <memory>
#include <openssl/crypto.h>

namespace stellwerk {
namespace {

constexpr unsigned long usual_cost = 0;

const char* prefix_of(crypt_scheme how) {
  return how == crypt_scheme::yescrypt ? "$y$" : "$6$";
}

/// 32 KiB, with the password in it.
class workspace {
public:
  workspace() : data_{std::make_unique<crypt_data>()} {}
  workspace(const workspace&) = delete;
  workspace& operator=(const workspace&) = delete;
  ~workspace() { ::OPENSSL_cleanse(data_.get(), sizeof(crypt_data)); }

  /// Empty if it can't be.
  std::string run(const secret& password, const char* setting) {
    if (password.view().find('\0') != std::string_view::npos)
      return {};
    const char* made = ::crypt_rn(password.c_str(), setting, data_.get(),
                                  static_cast<int>(sizeof(crypt_data)));
    return made != nullptr ? made : std::string{};
  }

private:
  std::unique_ptr<crypt_data> data_;
};

} // namespace

std::string hash_password(crypt_scheme how, const secret& password) {
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  // No octets of ours: libcrypt draws them from the kernel.
  if (::crypt_gensalt_rn(prefix_of(how), usual_cost, nullptr, 0, setting.data(),
                         static_cast<int>(setting.size()))
      == nullptr)
    return {};
  return workspace{}.run(password, setting.data());
}

bool is_hash_of(const secret& password, const std::string& hash) {
  const auto made = workspace{}.run(password, hash.c_str());
  return !made.empty() && made.size() == hash.size()
         && ::CRYPTO_memcmp(made.data(), hash.data(), hash.size()) == 0;
}

} // namespace stellwerk
