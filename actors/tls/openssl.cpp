#include "actors/tls/openssl.hpp"

#include <openssl/err.h>

#include <cstring>
#include <ctime>

namespace stellwerk::tls {

time_point to_time_point(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1)
    return {};
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::string take_error_text() {
  const auto first = ERR_get_error();
  ERR_clear_error();
  if (first == 0)
    return "unknown reason";
  if (ERR_SYSTEM_ERROR(first))
    return std::string{std::strerror(static_cast<int>(ERR_GET_REASON(first)))};
  const char* reason = ERR_reason_error_string(first);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(first);
}

std::string version_of(const SSL* ssl) {
  const std::string name = SSL_get_version(ssl);
  if (name == "TLSv1")
    return "1.0";
  return name.starts_with("TLSv") ? name.substr(4) : name;
}

std::string cipher_of(const SSL* ssl) {
  const char* name = SSL_CIPHER_get_name(SSL_get_current_cipher(ssl));
  return name != nullptr ? name : "";
}

} // namespace stellwerk::tls
