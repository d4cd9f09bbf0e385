#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace stellwerk::benchmarks {

struct tls_deleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
};
using tls_context = std::unique_ptr<SSL_CTX, tls_deleter>;
using tls_handle = std::unique_ptr<SSL, tls_deleter>;

[[noreturn]] inline void fail_tls(const std::string& what) {
  const unsigned long code = ERR_get_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  throw std::runtime_error{what + ": " + (reason == nullptr ? "no reason given" : reason)};
}

/// What both ends have in common: TLS 1.3 with one suite and one group, so that every peer
/// does the same cryptographic work. `groups` may name a second one, for a peer (Perdition)
/// that knows no X25519; it is asked for in a second attempt.
inline tls_context make_context(const SSL_METHOD* method, const char* groups) {
  tls_context context{SSL_CTX_new(method)};
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1
      || SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_256_GCM_SHA384") != 1
      || SSL_CTX_set1_groups_list(context.get(), groups) != 1)
    fail_tls("TLS context");
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE
                                      | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                      | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  return context;
}

inline tls_context make_server_context(const std::string& chain, const std::string& key) {
  tls_context context = make_context(TLS_server_method(), "X25519");
  if (SSL_CTX_use_certificate_chain_file(context.get(), chain.c_str()) != 1
      || SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    fail_tls("certificate " + chain);
  return context;
}

struct session_deleter {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using tls_session = std::unique_ptr<SSL_SESSION, session_deleter>;

/// The tickets that servers sent, to resume sessions with. Outlives the context it is kept by.
struct ticket_box {
  bool keeps = false; ///< Else tickets are counted and thrown away.
  std::size_t seen = 0;
  std::vector<tls_session> kept;
};

/// Verifies the server against `ca`.
inline tls_context make_client_context(const std::string& ca, ticket_box& tickets) {
  tls_context context = make_context(TLS_client_method(), "X25519:P-256");
  if (SSL_CTX_load_verify_locations(context.get(), ca.c_str(), nullptr) != 1)
    fail_tls("CA " + ca);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_app_data(context.get(), &tickets);
  SSL_CTX_sess_set_new_cb(context.get(), [](SSL* tls, SSL_SESSION* session) {
    auto& box = *static_cast<ticket_box*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)));
    ++box.seen;
    if (box.keeps)
      box.kept.emplace_back(session);
    return box.keeps ? 1 : 0; // 1: the session is ours now
  });
  return context;
}

} // namespace stellwerk::benchmarks
