#pragma once

#include "actors/tls/server_certificates.hpp"
#include "actors/tls/ticket_keys.hpp"

#include <functional>
#include <memory>
#include <string>

namespace stellwerk::tls {

/// What a listener adds to the choice of the certificate.
struct listener_facts {
  std::string certificate{}; ///< The key of that name; empty if not given.
  retirement rule = retirement::applies;
};

/// One handshake's part of the choice, kept with its SSL.
struct server_handshake {
  std::shared_ptr<const server_certificates> table; ///< Released once the choice is made.
  listener_facts listener;
  std::string asked; ///< The server name the client sent, lower case; from a peer: escape it.
  certificate_choice choice;
  time_point began; ///< By the injected clock, when the ClientHello came.
};

/// What all server sessions share for the life of the process: TLS 1.2 and 1.3, no
/// renegotiation, no compression, one session ticket and no session cache. The ticket keys live
/// here, so a client resumes across reloads; retirement is judged in every handshake, resumed
/// or not.
class server_context {
public:
  using clock = std::function<time_point()>;

  /// Throws std::runtime_error if OpenSSL can't make a context.
  explicit server_context(clock now = std::chrono::system_clock::now);
  server_context(const server_context&) = delete;
  server_context& operator=(const server_context&) = delete;
  ~server_context();

  /// A session in accept state, without BIOs. Any thread. Nothing if memory is short.
  [[nodiscard]] ssl_ptr new_session(std::shared_ptr<const server_certificates> table,
                                    listener_facts listener) const;

  /// New keys for session tickets; every `ticket_keys::lifetime`. Any thread.
  void rotate_ticket_keys() { tickets_.rotate(); }

private:
  clock now_;
  ticket_keys tickets_;
  ssl_ctx_ptr base_;
};

/// The facts of a session made by `server_context::new_session`, for the log: what was asked,
/// what was chosen, and `choice.retired` if that was why the handshake ended. Lives as long as
/// the SSL. Whether it was resumed says SSL_session_reused.
[[nodiscard]] const server_handshake& handshake_of(const SSL* ssl);

/// The certificate that the client was shown, `choice.chosen` or one of its companions; of a
/// resumed session the former. Only after a handshake that is done.
[[nodiscard]] const certificate& certificate_shown(const SSL* ssl);

/// Sessions with this certificate's context staple its OCSP response, as long as it is fresh.
void staple_for(SSL_CTX* context);

} // namespace stellwerk::tls
