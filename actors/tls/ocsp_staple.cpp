#include "actors/tls/ocsp_staple.hpp"

#include "actors/tls/certificate.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <climits>

namespace stellwerk::tls {

namespace {

using response_ptr = std::unique_ptr<OCSP_RESPONSE, free_with<OCSP_RESPONSE_free>>;
using basic_ptr = std::unique_ptr<OCSP_BASICRESP, free_with<OCSP_BASICRESP_free>>;
using store_ptr = std::unique_ptr<X509_STORE, free_with<X509_STORE_free>>;

/// The answer about this serial number; null if there is none. Every answer of a response is
/// signed by the one issuer that the signature proves.
OCSP_SINGLERESP* answer_about(OCSP_BASICRESP* basic, X509* leaf) {
  for (int i = 0; i < OCSP_resp_count(basic); ++i) {
    auto* single = OCSP_resp_get0(basic, i);
    ASN1_INTEGER* serial = nullptr;
    OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial,
                      const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single)));
    if (serial != nullptr && ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(leaf)) == 0)
      return single;
  }
  return nullptr;
}

/// True without an issuer to hold against it.
bool is_signed_well(OCSP_BASICRESP* basic, const key_pair_view& pair) {
  if (sk_X509_num(pair.chain) <= 0) // -1 for none at all.
    return true;
  const store_ptr trusted{X509_STORE_new()};
  return trusted && X509_STORE_add_cert(trusted.get(), sk_X509_value(pair.chain, 0)) == 1
         && OCSP_basic_verify(basic, pair.chain, trusted.get(), OCSP_PARTIAL_CHAIN) == 1;
}

} // namespace

loaded_staple load_staple(std::string_view der, const SSL_CTX* context, time_point now) {
  ERR_clear_error();
  const auto refuse = [](std::string why) {
    ERR_clear_error();
    return loaded_staple{std::nullopt, std::move(why)};
  };
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = octets + der.size();
  const response_ptr response{
      der.size() > LONG_MAX
          ? nullptr
          : d2i_OCSP_RESPONSE(nullptr, &octets, static_cast<long>(der.size()))};
  if (!response || octets != end)
    return refuse("holds no OCSP response in DER");
  if (const int said = OCSP_response_status(response.get());
      said != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    return refuse(std::string{"the responder did not answer: "}
                  + OCSP_response_status_str(said));
  const basic_ptr basic{OCSP_response_get1_basic(response.get())};
  const auto pair = key_pair_in(context);
  auto* single = basic ? answer_about(basic.get(), pair.leaf) : nullptr;
  if (single == nullptr)
    return refuse("the response is not about this certificate");
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  const int status = OCSP_single_get0_status(single, nullptr, nullptr, &from, &until);
  if (status != V_OCSP_CERTSTATUS_GOOD)
    return refuse(std::string{"the response says: "} + OCSP_cert_status_str(status));
  if (!is_signed_well(basic.get(), pair))
    return refuse("the response is not signed by the certificate's issuer");
  ERR_clear_error();
  ocsp_staple staple{std::string{der}, to_time_point(from), std::nullopt};
  if (until != nullptr)
    staple.next_update = to_time_point(until);
  if (!staple.is_fresh(now))
    return refuse(now < staple.this_update ? "the response is from the future"
                                           : "the response is too old");
  return {std::move(staple), {}};
}

} // namespace stellwerk::tls
