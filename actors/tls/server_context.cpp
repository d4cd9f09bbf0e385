#include "actors/tls/server_context.hpp"

#include "actors/tls/server_name.hpp"
#include "protocol/base/domain_name.hpp"

#include <openssl/err.h>

#include <stdexcept>

namespace stellwerk::tls {

namespace {

void free_handshake(void*, void* handshake, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<server_handshake*>(handshake);
}

int handshake_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_handshake);
  return index;
}

server_handshake* mutable_handshake_of(const SSL* ssl) {
  return static_cast<server_handshake*>(SSL_get_ex_data(ssl, handshake_index()));
}

/// Beside the chosen one, for OpenSSL to pick by the client's signature algorithms.
bool add_companions(SSL* ssl, const certificate_choice& choice) {
  for (const auto& one : choice.companions) {
    const auto pair = key_pair_in(one->context.get());
    if (SSL_use_cert_and_key(ssl, pair.leaf, pair.key, pair.chain, 1) != 1)
      return false;
  }
  return true;
}

/// Picks the certificate as soon as the ClientHello is read, before a ticket is looked at.
int on_client_hello(SSL* ssl, int* alert, void* clock) {
  auto& handshake = *mutable_handshake_of(ssl);
  const unsigned char* octets = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &octets, &size) == 1) {
    auto extension = parse_server_name({reinterpret_cast<const char*>(octets), size});
    if (extension.malformed) {
      *alert = SSL_AD_DECODE_ERROR;
      return SSL_CLIENT_HELLO_ERROR;
    }
    handshake.asked = std::move(extension.host_name);
    if (auto key = domain_key(handshake.asked)) // Some clients send U-labels as they are.
      handshake.asked = std::move(*key);
  }
  handshake.began = (*static_cast<const server_context::clock*>(clock))();
  if (handshake.table) // Else a second ClientHello after HelloRetryRequest: chosen already.
    handshake.choice = handshake.table->choose(handshake.asked, handshake.listener.certificate,
                                               handshake.listener.rule, handshake.began);
  handshake.table.reset();
  const auto& chosen = handshake.choice.chosen;
  if (!chosen) {
    *alert = handshake.choice.retired ? SSL_AD_UNRECOGNIZED_NAME : SSL_AD_INTERNAL_ERROR;
    return SSL_CLIENT_HELLO_ERROR;
  }
  if (SSL_set_SSL_CTX(ssl, chosen->context.get()) == nullptr
      || !add_companions(ssl, handshake.choice)) {
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_CLIENT_HELLO_ERROR;
  }
  return SSL_CLIENT_HELLO_SUCCESS;
}

/// RFC 6066 section 3: a server that used the name says so.
int acknowledge_name(SSL* ssl, int*, void*) {
  return mutable_handshake_of(ssl)->choice.by_name ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

int staple_if_asked(SSL* ssl, void*) {
  const auto& staple = certificate_shown(ssl).staple;
  if (!staple || !staple->is_fresh(handshake_of(ssl).began))
    return SSL_TLSEXT_ERR_NOACK;
  void* copy = OPENSSL_memdup(staple->der.data(), staple->der.size());
  if (copy == nullptr)
    return SSL_TLSEXT_ERR_NOACK;
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, static_cast<long>(staple->der.size()),
           copy); // Now the SSL's.
  return SSL_TLSEXT_ERR_OK;
}

} // namespace

void staple_for(SSL_CTX* context) {
  SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB,
                        reinterpret_cast<void (*)()>(staple_if_asked));
}

const certificate& certificate_shown(const SSL* ssl) {
  const auto& choice = handshake_of(ssl).choice;
  const X509* shown = SSL_get_certificate(ssl);
  for (const auto& one : choice.companions)
    if (key_pair_in(one->context.get()).leaf == shown && SSL_session_reused(ssl) == 0)
      return *one;
  return *choice.chosen;
}

server_context::server_context(clock now) : now_{std::move(now)}, base_{new_server_ctx()} {
  SSL_CTX* base = base_.get();
  if (base == nullptr || handshake_index() < 0 || SSL_CTX_set_num_tickets(base, 1) != 1)
    throw std::runtime_error{"OpenSSL makes no server context: " + take_error_text()};
  SSL_CTX_set_options(base, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                                | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(base, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                             | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(base, 1);
  SSL_CTX_set_session_cache_mode(base, SSL_SESS_CACHE_OFF);
  ticket_keys::prepare(base);
  SSL_CTX_set_client_hello_cb(base, on_client_hello, &now_);
  SSL_CTX_callback_ctrl(base, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<void (*)()>(acknowledge_name));
}

server_context::~server_context() = default;

ssl_ptr server_context::new_session(std::shared_ptr<const server_certificates> table,
                                    listener_facts listener) const {
  ssl_ptr ssl{SSL_new(base_.get())};
  auto handshake = std::make_unique<server_handshake>();
  handshake->table = std::move(table);
  handshake->listener = std::move(listener);
  if (!ssl || SSL_set_ex_data(ssl.get(), handshake_index(), handshake.get()) != 1)
    return nullptr;
  static_cast<void>(handshake.release()); // Now the SSL's: free_handshake.
  tickets_.seal(ssl.get());
  SSL_set_accept_state(ssl.get());
  return ssl;
}

const server_handshake& handshake_of(const SSL* ssl) { return *mutable_handshake_of(ssl); }

} // namespace stellwerk::tls
