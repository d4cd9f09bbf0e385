#pragma once

#include "actors/tls/openssl.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

namespace stellwerk::tls {

/// The keys that seal session tickets toward clients. Whoever gets hold of one reads the
/// recorded TLS 1.2 sessions of its time (RFC 9325 section 3.4), so that none lives long:
/// `rotate` draws a new one, the former still opens tickets, the one before is wiped. Tickets
/// last two hours (OpenSSL's default), so that rotation costs no resumption.
class ticket_keys {
public:
  static constexpr std::chrono::hours lifetime{12};

  /// Throws std::runtime_error if no random octets can be had.
  ticket_keys();

  /// Any thread; what it draws, it draws before handshakes are made to wait.
  void rotate();

  /// Tickets of sessions that are made from this context are sealed by keys: those that `seal`
  /// has given each session.
  static void prepare(SSL_CTX* context);
  /// The keys must outlive the session.
  void seal(SSL* session) const;

private:
  struct key {
    std::array<unsigned char, 16> name;
    std::array<unsigned char, 32> cipher;
    std::array<unsigned char, 32> mac;
    key();
    key(const key&) = delete;
    key& operator=(const key&) = delete;
    ~key();
  };
  using key_ptr = std::shared_ptr<const key>;

  static int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                       EVP_MAC_CTX* mac, int sealing);
  [[nodiscard]] std::pair<key_ptr, key_ptr> keys() const;

  mutable std::mutex mutex_;
  key_ptr current_;
  key_ptr former_;
};

} // namespace stellwerk::tls
