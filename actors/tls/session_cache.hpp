#pragma once

#include "actors/tls/openssl.hpp"

#include <cstddef>
#include <deque>
#include <mutex>

namespace stellwerk::tls {

/// Sessions that a backend gave us, for the next connections to resume. Used by any thread.
class session_cache {
public:
  /// More than a server's connections at once give no more resumptions: the oldest go.
  static constexpr std::size_t most = 32;

  /// Keeps a copy: OpenSSL spoils a session whose connection ends without close_notify, as
  /// those of many mail servers do.
  void keep(const SSL_SESSION* session);

  /// The newest that is not too old, nothing if there is none. One of TLS 1.3 is given out once
  /// (RFC 8446 appendix C.4: else who listens can tell that two connections are of one client);
  /// an older one stays, and a copy is given out.
  [[nodiscard]] ssl_session_ptr take();

private:
  std::mutex mutex_;
  std::deque<ssl_session_ptr> sessions_; ///< Guarded by `mutex_`; the newest is last.
};

} // namespace stellwerk::tls
