#include "actors/tls/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace stellwerk::tls {

namespace {

int keys_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

const EVP_CIPHER* sealing_cipher() {
  static EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  return fetched;
}

/// What OpenSSL's callback answers.
constexpr int refused = -1;
constexpr int unknown_key = 0;
constexpr int done = 1;
constexpr int done_but_renew = 2;

} // namespace

ticket_keys::key::key() : name{}, cipher{}, mac{} {
  if (RAND_bytes(name.data(), static_cast<int>(name.size())) != 1
      || RAND_priv_bytes(cipher.data(), static_cast<int>(cipher.size())) != 1
      || RAND_priv_bytes(mac.data(), static_cast<int>(mac.size())) != 1)
    throw std::runtime_error{"no random octets for ticket keys: " + take_error_text()};
}

ticket_keys::key::~key() {
  OPENSSL_cleanse(cipher.data(), cipher.size());
  OPENSSL_cleanse(mac.data(), mac.size());
}

ticket_keys::ticket_keys() : current_{std::make_shared<const key>()} {
  if (keys_index() < 0 || sealing_cipher() == nullptr)
    throw std::runtime_error{"OpenSSL can't seal tickets: " + take_error_text()};
}

void ticket_keys::rotate() {
  auto next = std::make_shared<const key>();
  const std::lock_guard guard{mutex_};
  former_ = std::exchange(current_, std::move(next));
}

std::pair<ticket_keys::key_ptr, ticket_keys::key_ptr> ticket_keys::keys() const {
  const std::lock_guard guard{mutex_};
  return {current_, former_};
}

void ticket_keys::prepare(SSL_CTX* context) {
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

void ticket_keys::seal(SSL* session) const {
  // Only read through; OpenSSL's table knows no const.
  SSL_set_ex_data(session, keys_index(), const_cast<ticket_keys*>(this));
}

int ticket_keys::on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv,
                           EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int sealing) {
  const auto* self = static_cast<const ticket_keys*>(SSL_get_ex_data(ssl, keys_index()));
  if (self == nullptr)
    return refused;
  const auto [current, former] = self->keys();
  const auto is_named = [&](const key_ptr& one) {
    return one && std::equal(one->name.begin(), one->name.end(), name);
  };
  const auto& used = sealing != 0 || !is_named(former) ? current : former;
  if (sealing != 0) {
    if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(sealing_cipher())) != 1)
      return refused;
    std::copy(used->name.begin(), used->name.end(), name);
  } else if (!is_named(used)) {
    return unknown_key;
  }
  // The parameters are read only.
  auto* mac_key = const_cast<unsigned char*>(used->mac.data());
  std::array digest{'S', 'H', 'A', '2', '5', '6', '\0'};
  const std::array parameters{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, mac_key, used->mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  if (EVP_CipherInit_ex(cipher, sealing_cipher(), nullptr, used->cipher.data(), iv, sealing)
          != 1
      || EVP_MAC_CTX_set_params(mac, parameters.data()) != 1)
    return refused;
  // A ticket of TLS 1.3 is for one use: whoever resumes needs the next one.
  return used == current && SSL_version(ssl) < TLS1_3_VERSION ? done : done_but_renew;
}

} // namespace stellwerk::tls
