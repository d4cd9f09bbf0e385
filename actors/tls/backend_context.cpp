#include "actors/tls/backend_context.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <utility>

namespace stellwerk::tls {

namespace {

bool is_ip_address(const std::string& host) {
  const std::unique_ptr<ASN1_OCTET_STRING, free_with<ASN1_OCTET_STRING_free>> address{
      a2i_IPADDRESS(host.c_str())};
  return address != nullptr;
}

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{what + ": " + take_error_text()};
}

} // namespace

backend_context::backend_context(backend_options options)
    : options_{std::move(options)}, context_{SSL_CTX_new(TLS_client_method())} {
  ERR_clear_error();
  SSL_CTX* context = context_.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, options_.min_version) != 1)
    fail("OpenSSL makes no client context");
  if (options_.min_version < TLS1_2_VERSION) {
    // An old server that only a move gets rid of: SHA-1 and old renegotiation, here alone.
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
    if (SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0") != 1)
      fail("OpenSSL has no old ciphers");
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
    fail("no certificate of an authority can be read");
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
  const std::lock_guard guard{mutex_};
  if (newest_)
    SSL_set_session(ssl.get(), newest_.get());
  return ssl;
}

int backend_context::keep_session(SSL* ssl, SSL_SESSION* session) {
  const auto* self
      = static_cast<const backend_context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  // A copy: OpenSSL makes a session useless when its connection ends without close_notify, as
  // those of many servers do.
  ssl_session_ptr kept{SSL_SESSION_dup(session)};
  const std::lock_guard guard{self->mutex_};
  std::swap(self->newest_, kept);
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
