#pragma once

#include "actors/tls/certificate.hpp"
#include "actors/tls/pin.hpp"
#include "actors/tls/session_cache.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

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
  int min_version = TLS1_2_VERSION;
  /// OpenSSL's cipher string for TLS 1.2 and older; empty: OpenSSL's default. Suites without
  /// authentication or encryption are left out whatever it says: they would undo `trust`.
  std::string ciphers{};
  /// OpenSSL's. 0 takes TLS 1.0 and 1.1, SHA-1, short keys, and servers that don't know RFC
  /// 5746.
  int security_level = 2;
  /// Chain and key to show if asked who we are; null: none. Read by the constructor alone.
  const SSL_CTX* identity = nullptr;
};

/// Why there can be no context, and which key of the configuration is to blame: `ca`,
/// `ciphers` or `certificate`; empty: none.
class backend_fault : public std::runtime_error {
public:
  backend_fault(std::string key, const std::string& what)
      : runtime_error{what}, key_{std::move(key)} {}
  [[nodiscard]] const std::string& key() const { return key_; }

private:
  std::string key_;
};

/// The TLS side of one backend endpoint: built once per load, used by any thread. Remembers
/// sessions, so that the next connections resume them; a reload begins without.
class backend_context {
public:
  /// Throws backend_fault if OpenSSL can't use the options.
  explicit backend_context(const backend_options& options);
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
  mutable session_cache sessions_;
};

/// Why the handshake failed, for the log and `status`: the verification's reason if it was that
/// ("certificate has expired", "hostname mismatch"; for a pin, the key that was met), else
/// OpenSSL's. Empties this thread's error queue.
[[nodiscard]] std::string failure_reason(const SSL* ssl);

} // namespace stellwerk::tls
