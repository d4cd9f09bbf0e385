#pragma once

#include "actors/io/file_descriptor.hpp"
#include "actors/tls/openssl.hpp"

#include <string>
#include <string_view>

namespace stellwerk::test {

/// TLS as the clients speak it: they verify nobody, and resume, which saves most of the time.
class client_tls {
public:
  client_tls();
  client_tls(const client_tls&) = delete;
  client_tls& operator=(const client_tls&) = delete;

  [[nodiscard]] tls::ssl_ptr new_session() const;

private:
  tls::ssl_ctx_ptr context_{SSL_CTX_new(TLS_client_method())};
  tls::ssl_session_ptr ticket_;
};

/// A client's end of a connection that never leaves the process. Nothing here waits.
class client_wire {
public:
  /// Null: in clear.
  explicit client_wire(const client_tls* tls);

  /// The session's end, once.
  [[nodiscard]] io::file_descriptor take_other_end() { return std::move(theirs_); }

  void write(std::string_view text);
  /// What has arrived since; shakes hands first.
  [[nodiscard]] std::string take();
  /// The session has said its last.
  [[nodiscard]] bool has_ended() const { return ended_; }
  void close() { ours_.reset(); }

private:
  [[nodiscard]] int receive(char* room, int octets);

  io::file_descriptor ours_;
  io::file_descriptor theirs_;
  tls::ssl_ptr tls_;
  bool ended_ = false;
};

} // namespace stellwerk::test
