#include "actors/tls/backend_context.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <utility>

namespace stellwerk::tls {

namespace {

bool is_ip_address(const std::string& host) {
  const std::unique_ptr<ASN1_OCTET_STRING, free_with<ASN1_OCTET_STRING_free>> address{
      a2i_IPADDRESS(host.c_str())};
  return address != nullptr;
}

[[noreturn]] void fail(std::string key, const std::string& what) {
  throw backend_fault{std::move(key), what + ": " + take_error_text()};
}

/// What the operator wrote, without what would undo everything else: anonymous suites show no
/// certificate, so that there is nothing to verify.
std::string safe_ciphers(const backend_options& options) {
  return (options.ciphers.empty() ? "DEFAULT" : options.ciphers) + ":!aNULL:!eNULL";
}

/// What servers of the last century need, in this context alone.
void set_age(SSL_CTX* context, const backend_options& options) {
  if (SSL_CTX_set_min_proto_version(context, options.min_version) != 1)
    fail("", "OpenSSL makes no client context");
  if (SSL_CTX_set_cipher_list(context, safe_ciphers(options).c_str()) != 1)
    fail("ciphers", "names no cipher suite that OpenSSL has");
  SSL_CTX_set_security_level(context, options.security_level); // Outranks @SECLEVEL.
  if (options.security_level == 0)
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
}

} // namespace

backend_context::backend_context(const backend_options& options)
    : options_{options}, context_{SSL_CTX_new(TLS_client_method())} {
  options_.identity = nullptr;
  ERR_clear_error();
  SSL_CTX* context = context_.get();
  if (context == nullptr)
    fail("", "OpenSSL makes no client context");
  set_age(context, options);
  if (options.identity != nullptr) {
    const auto us = key_pair_in(options.identity);
    if (SSL_CTX_use_cert_and_key(context, us.leaf, us.key, us.chain, 1) != 1)
      fail("certificate", "can't be shown to this backend");
  }
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                                | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  SSL_CTX_set_app_data(context, this);
  if (options_.trust == backend_trust::none)
    return;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (options_.trust == backend_trust::pin)
    SSL_CTX_set_cert_verify_callback(context, check_pin, this);
  else if (options_.ca_file.empty()
               ? SSL_CTX_set_default_verify_paths(context) != 1
               : SSL_CTX_load_verify_file(context, options_.ca_file.c_str()) != 1)
    fail("ca", "no certificate of an authority can be read");
}

ssl_ptr backend_context::new_session() const {
  ssl_ptr ssl{SSL_new(context_.get())};
  if (!ssl)
    return nullptr;
  SSL_set_connect_state(ssl.get());
  // RFC 6066 section 3: literal addresses are not permitted as server names.
  if (!options_.host.empty() && !is_ip_address(options_.host)
      && SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(options_.host.c_str()))
             != 1)
    return nullptr;
  if (options_.trust == backend_trust::full) {
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set1_host(ssl.get(), options_.host.c_str()) != 1) // Takes addresses too.
      return nullptr;
  }
  if (const auto known = sessions_.take())
    SSL_set_session(ssl.get(), known.get());
  return ssl;
}

int backend_context::keep_session(SSL* ssl, SSL_SESSION* session) {
  const auto* self
      = static_cast<const backend_context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  self->sessions_.keep(session);
  return 0;
}

int backend_context::check_pin(X509_STORE_CTX* store, void* self) {
  auto* leaf = X509_STORE_CTX_get0_cert(store);
  const auto met = leaf != nullptr ? pin_of(leaf) : std::nullopt;
  const bool right = met && *met == static_cast<const backend_context*>(self)->options_.pin;
  X509_STORE_CTX_set_error(store, right ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
  return right ? 1 : 0;
}

std::string failure_reason(const SSL* ssl) {
  auto reason = ERR_peek_error() != 0 ? take_error_text() : "the peer closed the connection";
  if ((SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) == 0)
    return reason;
  const auto verdict = SSL_get_verify_result(ssl);
  if (verdict == X509_V_ERR_APPLICATION_VERIFICATION) {
    const auto* chain = SSL_get_peer_cert_chain(ssl); // Known though it was not accepted.
    const auto met = sk_X509_num(chain) > 0 ? pin_of(sk_X509_value(chain, 0)) : std::nullopt;
    return "the public key is not the pinned one" + (met ? ", it is " + to_string(*met) : "");
  }
  return verdict == X509_V_OK ? reason : X509_verify_cert_error_string(verdict);
}

} // namespace stellwerk::tls
