#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>

/// OpenSSL's objects with owners, and its errors as text.
namespace stellwerk::tls {

template <auto Free> struct free_with {
  template <class Object> void operator()(Object* object) const { Free(object); }
};

using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, free_with<SSL_CTX_free>>;
using ssl_ptr = std::unique_ptr<SSL, free_with<SSL_free>>;
using ssl_session_ptr = std::unique_ptr<SSL_SESSION, free_with<SSL_SESSION_free>>;
using x509_ptr = std::unique_ptr<X509, free_with<X509_free>>;
using evp_pkey_ptr = std::unique_ptr<EVP_PKEY, free_with<EVP_PKEY_free>>;
using bio_ptr = std::unique_ptr<BIO, free_with<BIO_free_all>>;

using time_point = std::chrono::system_clock::time_point;

/// Long ago if OpenSSL can't read it: what can't be read is not valid.
[[nodiscard]] time_point to_time_point(const ASN1_TIME* time);

/// The reason of the oldest error in this thread's queue, which is emptied; "unknown reason" if
/// there is none. Never octets of a key. Bounded by OpenSSL's own texts.
[[nodiscard]] std::string take_error_text();

/// What a log says of an established connection: "1.3" and "TLS_AES_256_GCM_SHA384".
[[nodiscard]] std::string version_of(const SSL* ssl);
[[nodiscard]] std::string cipher_of(const SSL* ssl);

} // namespace stellwerk::tls
