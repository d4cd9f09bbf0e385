#pragma once

#include "actors/tls/openssl.hpp"

#include <openssl/err.h>

#include <array>
#include <string_view>

/// A client and a server that do TLS over a pair of BIOs, without a socket.
namespace stellwerk::test {

struct handshake_outcome {
  bool done = false;     ///< Both sides finished.
  int client_reason = 0; ///< The client's OpenSSL reason if it failed (SSL_R_...).
  bool server_failed = false;
};

/// Shakes hands until both are done or one fails; then lets the client read the tickets. The
/// sides may be used with SSL_read and SSL_write afterwards. The error queue is left empty
/// unless `keep_errors` asks for it: then it holds what the failing client left there.
inline handshake_outcome shake_hands(SSL* client, SSL* server, bool keep_errors = false) {
  BIO* client_side = nullptr;
  BIO* server_side = nullptr;
  BIO_new_bio_pair(&client_side, 0, &server_side, 0);
  SSL_set_bio(client, client_side, client_side);
  SSL_set_bio(server, server_side, server_side);
  handshake_outcome outcome;
  const auto waits = [](SSL* side, int result) {
    const int error = SSL_get_error(side, result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  };
  for (int round = 0; round < 20; ++round) {
    ERR_clear_error();
    const int client_result = SSL_do_handshake(client);
    if (client_result != 1 && !waits(client, client_result)) {
      outcome.client_reason = ERR_GET_REASON(ERR_peek_error());
      if (!keep_errors)
        ERR_clear_error();
      return outcome;
    }
    ERR_clear_error();
    const int server_result = SSL_do_handshake(server);
    if (server_result != 1 && !waits(server, server_result))
      outcome.server_failed = true; // The client has yet to hear the alert.
    if (client_result == 1 && server_result == 1) {
      std::array<char, 1> room{};
      SSL_read(client, room.data(), 1);
      ERR_clear_error();
      outcome.done = true;
      return outcome;
    }
  }
  return outcome;
}

/// Does what one side writes arrive at the other?
inline bool carries(SSL* from, SSL* to, std::string_view text) {
  std::array<char, 256> room{};
  const int size = static_cast<int>(text.size());
  return SSL_write(from, text.data(), size) == size
         && SSL_read(to, room.data(), static_cast<int>(room.size())) == size
         && std::string_view{room.data(), text.size()} == text;
}

} // namespace stellwerk::test
