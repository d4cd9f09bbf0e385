#pragma once

#include "actors/tls/pin.hpp"

#include <cstdint>
#include <mutex>
#include <string>

namespace stellwerk::tls {

/// How a backend proves who it is.
enum class backend_trust : std::uint8_t {
  full, ///< Chain and host name (or IP address) of the certificate.
  pin,  ///< The SHA-256 of the leaf's public key, nothing else.
  none, ///< Nothing; for loopback and closed networks.
};

struct backend_options {
  backend_trust trust = backend_trust::full;
  std::string host{};    ///< SNI and the name to verify: a DNS name or an IP address.
  std::string ca_file{}; ///< PEM; empty: the system's store. For `backend_trust::full`.
  key_pin pin{};         ///< For `backend_trust::pin`.
  int min_version = TLS1_2_VERSION; ///< Below 1.2 this context alone also takes old ciphers.
};

/// The TLS side of one backend endpoint: built once per load, used by any thread. Remembers the
/// newest session, so that the next connection resumes it.
class backend_context {
public:
  /// Throws std::runtime_error with the reason if OpenSSL can't use the options: the ca file
  /// can't be read or holds no certificate.
  explicit backend_context(backend_options options);
  backend_context(const backend_context&) = delete;
  backend_context& operator=(const backend_context&) = delete;

  /// A session in connect state, without BIOs. The context must outlive it. Nothing if memory
  /// is short.
  [[nodiscard]] ssl_ptr new_session() const;

  [[nodiscard]] const backend_options& options() const { return options_; }

private:
  static int keep_session(SSL* ssl, SSL_SESSION* session);
  static int check_pin(X509_STORE_CTX* store, void* self);

  backend_options options_;
  ssl_ctx_ptr context_;
  mutable std::mutex mutex_;
  mutable ssl_session_ptr newest_; ///< Guarded by `mutex_`.
};

/// Why the handshake failed, for the log and `status`: the verification's reason if it was that
/// ("certificate has expired", "hostname mismatch"; for a pin, the key that was met), else
/// OpenSSL's. Empties this thread's error queue.
[[nodiscard]] std::string failure_reason(const SSL* ssl);

} // namespace stellwerk::tls
