#pragma once

#include "actors/tls/openssl.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

/// Certificates made in the test that needs them: P-256 unless told otherwise, signed by
/// themselves or by another.
namespace stellwerk::test {

struct forged_certificate {
  tls::x509_ptr leaf;
  tls::evp_pkey_ptr key;

  [[nodiscard]] std::string chain_pem() const {
    const tls::bio_ptr out{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(out.get(), leaf.get());
    return text_of(out.get());
  }
  [[nodiscard]] std::string key_pem() const {
    const tls::bio_ptr out{BIO_new(BIO_s_mem())};
    PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(out.get());
  }

private:
  static std::string text_of(BIO* memory) {
    std::string text(BIO_ctrl_pending(memory), '\0');
    BIO_read(memory, text.data(), static_cast<int>(text.size()));
    return text;
  }
};

struct forge_order {
  std::string common_name = "test";
  std::vector<std::string> names{}; ///< SAN entries as OpenSSL writes them: "DNS:a", "IP:::1".
  std::chrono::system_clock::time_point begins
      = std::chrono::system_clock::now() - std::chrono::hours{1};
  std::chrono::system_clock::time_point ends
      = std::chrono::system_clock::now() + std::chrono::hours{24};
  const forged_certificate* issuer = nullptr; ///< Null: signed by itself.
  bool is_authority = false;
  std::size_t rsa_bits = 0; ///< 0: P-256.
  const EVP_MD* digest = EVP_sha256();
};

inline forged_certificate forge(const forge_order& order) {
  const auto must = [](bool done) {
    if (!done)
      throw std::runtime_error{"forge: " + tls::take_error_text()};
  };
  forged_certificate made{
      tls::x509_ptr{X509_new()},
      tls::evp_pkey_ptr{order.rsa_bits > 0
                            ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", order.rsa_bits)
                            : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")}};
  X509* leaf = made.leaf.get();
  must(leaf != nullptr && made.key != nullptr);
  static long serial = 0;
  X509_set_version(leaf, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(leaf), ++serial);
  const auto set_time = [&](ASN1_TIME* time, std::chrono::system_clock::time_point when) {
    must(ASN1_TIME_set(time, std::chrono::system_clock::to_time_t(when)) != nullptr);
  };
  set_time(X509_getm_notBefore(leaf), order.begins);
  set_time(X509_getm_notAfter(leaf), order.ends);
  must(X509_NAME_add_entry_by_txt(
           X509_get_subject_name(leaf), "CN", MBSTRING_UTF8,
           reinterpret_cast<const unsigned char*>(order.common_name.c_str()), -1, -1, 0)
       == 1);
  const auto& issuer = order.issuer != nullptr ? *order.issuer : made;
  must(X509_set_issuer_name(leaf, X509_get_subject_name(issuer.leaf.get())) == 1);
  must(X509_set_pubkey(leaf, made.key.get()) == 1);
  const auto extend = [&](int kind, const std::string& text) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer.leaf.get(), leaf, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, text.c_str());
    must(extension != nullptr && X509_add_ext(leaf, extension, -1) == 1);
    X509_EXTENSION_free(extension);
  };
  extend(NID_basic_constraints, order.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  std::string names;
  for (const auto& name : order.names)
    names += (names.empty() ? "" : ",") + name;
  if (!names.empty())
    extend(NID_subject_alt_name, names);
  must(X509_sign(leaf, issuer.key.get(), order.digest) > 0);
  return made;
}

} // namespace stellwerk::test
