#pragma once

#include "tests/support/certificate_forge.hpp"

#include <openssl/ocsp.h>

#include <optional>

/// OCSP responses made in the test that needs them.
namespace stellwerk::test {

struct ocsp_order {
  const forged_certificate& about;
  const forged_certificate& issuer;
  int status = V_OCSP_CERTSTATUS_GOOD;
  std::chrono::system_clock::time_point this_update
      = std::chrono::system_clock::now() - std::chrono::hours{1};
  std::optional<std::chrono::system_clock::time_point> next_update
      = std::chrono::system_clock::now() + std::chrono::hours{24};
  const forged_certificate* signer = nullptr; ///< Null: the issuer.
};

/// DER.
inline std::string forge_ocsp(const ocsp_order& order) {
  const auto time_of = [](std::chrono::system_clock::time_point when) {
    return ASN1_GENERALIZEDTIME_set(nullptr, std::chrono::system_clock::to_time_t(when));
  };
  const auto& signer = order.signer != nullptr ? *order.signer : order.issuer;
  OCSP_BASICRESP* basic = OCSP_BASICRESP_new();
  OCSP_CERTID* id
      = OCSP_cert_to_id(EVP_sha1(), order.about.leaf.get(), order.issuer.leaf.get());
  ASN1_GENERALIZEDTIME* from = time_of(order.this_update);
  ASN1_GENERALIZEDTIME* until = order.next_update ? time_of(*order.next_update) : nullptr;
  ASN1_GENERALIZEDTIME* revoked = order.status == V_OCSP_CERTSTATUS_REVOKED ? from : nullptr;
  OCSP_basic_add1_status(basic, id, order.status, 0, revoked, from, until);
  OCSP_basic_sign(basic, signer.leaf.get(), signer.key.get(), EVP_sha256(), nullptr, 0);
  OCSP_RESPONSE* response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
  unsigned char* octets = nullptr;
  const int size = i2d_OCSP_RESPONSE(response, &octets);
  std::string der{reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)};
  OPENSSL_free(octets);
  OCSP_RESPONSE_free(response);
  OCSP_BASICRESP_free(basic);
  OCSP_CERTID_free(id);
  ASN1_GENERALIZEDTIME_free(from);
  ASN1_GENERALIZEDTIME_free(until);
  return der;
}

} // namespace stellwerk::test
