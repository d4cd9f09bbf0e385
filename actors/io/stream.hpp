#pragma once

#include "actors/io/socket.hpp"
#include "actors/io/socket_bio.hpp"
#include "actors/tls/openssl.hpp"

#include <string>

namespace stellwerk::io {

enum class handshake_state { done, wait, failed };

/// A connection that begins in clear text and may become TLS. Reads into the caller's room;
/// keeps only what the peer doesn't take (`pending`), which the caller bounds by not reading
/// more of the other leg while there is any.
class stream {
public:
  stream(worker& home, wakeable& owner) : home_{home}, socket_{home, owner} {}

  [[nodiscard]] socket& transport() { return socket_; }
  [[nodiscard]] const socket& transport() const { return socket_; }

  /// Puts TLS on top. `session` is set to accept or connect state. Call `handshake` until done.
  void start_tls(tls::ssl_ptr session);
  [[nodiscard]] handshake_state handshake();
  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  [[nodiscard]] SSL* tls() const { return tls_.get(); }
  /// Why TLS failed, in words.
  [[nodiscard]] const std::string& failure() const { return failure_; }

  /// Fills as much of `room` as there is now.
  io_result read(std::span<char> room, std::size_t& octets);
  /// Sends what the peer takes now, keeps the rest. What is written after a failure is lost.
  void write(std::string_view data);
  /// Sends more of what is pending; true when nothing is left.
  bool flush();
  [[nodiscard]] std::size_t pending() const { return pending_.size() - sent_; }
  [[nodiscard]] bool has_failed() const { return failed_; }

  /// Says goodbye (close_notify, FIN); reading goes on. Call with nothing pending.
  void finish();
  void close();

private:
  std::size_t send_some(std::string_view data);
  std::size_t send_tls(std::string_view data);
  io_result read_tls(std::span<char> room, std::size_t& octets);
  void note_failure();
  void forget_pending();

  worker& home_;
  socket socket_;
  bio_link link_;
  tls::ssl_ptr tls_;
  std::string pending_;
  std::size_t sent_ = 0;
  std::string failure_;
  bool failed_ = false;
  bool finished_ = false;
};

} // namespace stellwerk::io
