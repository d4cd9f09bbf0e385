#include "tests/actors/interleavings/client_wire.hpp"

#include <openssl/err.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace stellwerk::test {

client_tls::client_tls() {
  auto* context = context_.get();
  SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION); // Resumes without any public key.
  SSL_CTX_set_session_cache_mode(context,
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
    static_cast<client_tls*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))
        ->ticket_.reset(session);
    return 1;
  });
}

tls::ssl_ptr client_tls::new_session() const {
  tls::ssl_ptr made{SSL_new(context_.get())};
  SSL_set_connect_state(made.get());
  if (ticket_)
    SSL_set_session(made.get(), ticket_.get());
  return made;
}

client_wire::client_wire(const client_tls* tls) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error{errno, std::generic_category(), "socketpair"};
  ours_ = io::file_descriptor{ends[0]};
  theirs_ = io::file_descriptor{ends[1]};
  if (tls == nullptr)
    return;
  tls_ = tls->new_session();
  SSL_set_fd(tls_.get(), ours_.get());
}

// What a session takes no more is lost, as in every network.
void client_wire::write(std::string_view text) {
  if (!ours_.is_open())
    return;
  ERR_clear_error();
  if (tls_)
    SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()));
  else
    static_cast<void>(::send(ours_.get(), text.data(), text.size(), MSG_NOSIGNAL));
}

int client_wire::receive(char* room, int octets) {
  if (!tls_) {
    const auto count = ::recv(ours_.get(), room, static_cast<std::size_t>(octets), 0);
    ended_ = ended_ || count == 0 || (count < 0 && errno != EAGAIN);
    return static_cast<int>(count);
  }
  ERR_clear_error();
  const int count = SSL_read(tls_.get(), room, octets);
  const int error = SSL_get_error(tls_.get(), count);
  ended_
      = ended_ || (count <= 0 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE);
  return count;
}

std::string client_wire::take() {
  std::string taken;
  std::array<char, 4096> room{};
  while (ours_.is_open() && !ended_) {
    const int count = receive(room.data(), static_cast<int>(room.size()));
    if (count <= 0)
      break;
    taken.append(room.data(), static_cast<std::size_t>(count));
  }
  return taken;
}

} // namespace stellwerk::test
