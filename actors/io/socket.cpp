#include "actors/io/socket.hpp"

#include "actors/io/worker.hpp"

#include <cerrno>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <system_error>

namespace stellwerk::io {
namespace {

constexpr std::uint32_t interest = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

void set_option(int descriptor, int level, int name, int value) {
  // A refusal costs comfort, never correctness: old kernels and odd families lack some.
  static_cast<void>(::setsockopt(descriptor, level, name, &value, sizeof value));
}

void set_tcp_options(int descriptor) {
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, 240);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, 30);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

} // namespace

bool socket::adopt(file_descriptor descriptor) {
  close();
  descriptor_ = std::move(descriptor);
  set_tcp_options(descriptor_.get());
  readable_ = writable_ = peer_finished_ = false;
  try {
    home_.watch(descriptor_.get(), interest, *this);
  } catch (const std::system_error&) {
    descriptor_.reset();
    return false;
  }
  return true;
}

bool socket::connect(const endpoint& peer) {
  file_descriptor descriptor{
      ::socket(peer.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)};
  if (!descriptor.is_open())
    return false;
  if (::connect(descriptor.get(), peer.data(), peer.size()) != 0 && errno != EINPROGRESS)
    return false;
  connecting_ = true;
  return adopt(std::move(descriptor));
}

std::optional<int> socket::connect_result() {
  if (!is_open())
    return ENOTCONN;
  if (!connecting_)
    return 0;
  if (!writable_)
    return std::nullopt;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(descriptor_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0)
    error = errno;
  connecting_ = false;
  return error;
}

io_result socket::receive(std::span<char> room, std::size_t& octets) {
  return receive(room, 0, octets);
}

io_result socket::peek(std::span<char> room, std::size_t& octets) {
  return receive(room, MSG_PEEK, octets);
}

io_result socket::receive(std::span<char> room, int flags, std::size_t& octets) {
  octets = 0;
  if (!is_open())
    return io_result::failed;
  if (!readable_)
    return io_result::would_block;
  for (;;) {
    const auto count = ::recv(descriptor_.get(), room.data(), room.size(), flags);
    if (count > 0) {
      octets = static_cast<std::size_t>(count);
      return io_result::done;
    }
    if (count == 0)
      return io_result::end;
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN)
      return io_result::failed;
    readable_ = false;
    return io_result::would_block;
  }
}

io_result socket::send(std::string_view data, bool more, std::size_t& octets) {
  octets = 0;
  if (!is_open())
    return io_result::failed;
  if (!writable_)
    return io_result::would_block;
  for (;;) {
    const auto count = ::send(descriptor_.get(), data.data(), data.size(),
                              MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    if (count >= 0) {
      octets = static_cast<std::size_t>(count);
      if (octets < data.size())
        writable_ = false; // A short write of a stream socket: full; an edge will follow.
      return io_result::done;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN)
      return io_result::failed;
    writable_ = false;
    return io_result::would_block;
  }
}

void socket::shut_down_sending() {
  if (is_open())
    ::shutdown(descriptor_.get(), SHUT_WR);
}

void socket::close() {
  if (!is_open())
    return;
  home_.forget(descriptor_.get(), *this);
  descriptor_.reset();
  readable_ = writable_ = connecting_ = false;
}

void socket::on_events(std::uint32_t events) {
  const bool lost = (events & (EPOLLERR | EPOLLHUP)) != 0;
  readable_ = readable_ || lost || (events & (EPOLLIN | EPOLLRDHUP)) != 0;
  writable_ = writable_ || lost || (events & EPOLLOUT) != 0;
  peer_finished_ = peer_finished_ || lost || (events & EPOLLRDHUP) != 0;
  owner_.wake();
}

} // namespace stellwerk::io
