#pragma once

#include "benchmarks/socket.hpp"
#include "benchmarks/tls.hpp"

#include <span>
#include <string_view>

namespace stellwerk::benchmarks {

enum class io_status {
  progress,   ///< Some octets went through; for a handshake: it is done.
  want_read,  ///< Again when the socket is readable.
  want_write, ///< Again when the socket is writable.
  closed,     ///< The peer has ended its direction.
};

struct io_result {
  io_status status;
  std::size_t octets = 0;
};

/// A non-blocking connection, plain or TLS. Whatever is no orderly end throws.
class stream {
public:
  /// Without `tls` the stream is plain.
  stream(descriptor socket, tls_handle tls) : socket_{std::move(socket)} {
    if (tls)
      secure(std::move(tls));
  }

  /// From here on the stream is TLS; a handshake comes first.
  void secure(tls_handle tls) {
    tls_ = std::move(tls);
    if (SSL_set_fd(tls_.get(), socket_.number()) != 1)
      fail_tls("SSL_set_fd");
  }

  [[nodiscard]] int number() const { return socket_.number(); }
  [[nodiscard]] SSL* tls() const { return tls_.get(); }

  io_result handshake() {
    if (!tls_)
      return {io_status::progress};
    ERR_clear_error();
    return judge(SSL_do_handshake(tls_.get()), 0, "handshake");
  }

  io_result read(std::span<char> into) {
    std::size_t octets = 0;
    if (tls_) {
      ERR_clear_error();
      const int outcome = SSL_read_ex(tls_.get(), into.data(), into.size(), &octets);
      return judge(outcome, octets, "read");
    }
    return judge(::recv(socket_.number(), into.data(), into.size(), 0), io_status::want_read);
  }

  /// `from` is not empty. A repeated attempt brings the same octets again.
  io_result write(std::string_view from) {
    std::size_t octets = 0;
    if (tls_) {
      ERR_clear_error();
      const int outcome = SSL_write_ex(tls_.get(), from.data(), from.size(), &octets);
      return judge(outcome, octets, "write");
    }
    return judge(::send(socket_.number(), from.data(), from.size(), MSG_NOSIGNAL),
                 io_status::want_write);
  }

  /// Ends our direction politely: close_notify, then FIN.
  void shut_down() {
    if (tls_)
      SSL_shutdown(tls_.get());
    ::shutdown(socket_.number(), SHUT_WR);
  }

private:
  io_result judge(int outcome, std::size_t octets, const char* what) {
    if (outcome == 1)
      return {io_status::progress, octets};
    switch (SSL_get_error(tls_.get(), outcome)) {
      case SSL_ERROR_WANT_READ:
        return {io_status::want_read};
      case SSL_ERROR_WANT_WRITE:
        return {io_status::want_write};
      case SSL_ERROR_ZERO_RETURN:
        return {io_status::closed};
      case SSL_ERROR_SYSCALL:
        fail(what);
      default:
        fail_tls(what);
    }
  }

  static io_result judge(ssize_t outcome, io_status again) {
    if (outcome > 0)
      return {io_status::progress, static_cast<std::size_t>(outcome)};
    if (outcome == 0)
      return {io_status::closed};
    if (errno == EAGAIN)
      return {again};
    fail("plain connection");
  }

  descriptor socket_;
  tls_handle tls_;
};

} // namespace stellwerk::benchmarks
