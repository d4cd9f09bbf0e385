#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace stellwerk::benchmarks {

[[noreturn]] inline void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// Owns a file descriptor.
class descriptor {
public:
  explicit descriptor(int number = -1) : number_{number} {}
  descriptor(descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

private:
  int number_;
};

inline void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    fail("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    fail("setrlimit");
}

/// 127.0.0.1 and nothing else: the benchmark never leaves the machine.
inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void set_no_delay(int number) {
  const int on = 1;
  if (setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
    fail("TCP_NODELAY");
}

/// Port 0 takes a free one; `port_of` tells which.
inline descriptor listen_on_loopback(std::uint16_t port) {
  descriptor listener{socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int on = 1;
  setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
      || listen(listener.number(), 4096) != 0)
    fail("listen on 127.0.0.1:" + std::to_string(port));
  return listener;
}

inline std::uint16_t port_of(const descriptor& listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("getsockname");
  return ntohs(address.sin_port);
}

/// Begins to connect; the socket turns writable when the attempt has ended.
inline descriptor connect_to_loopback(std::uint16_t port) {
  descriptor number{socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (number.number() < 0)
    fail("socket");
  set_no_delay(number.number());
  const sockaddr_in address = loopback(port);
  if (connect(number.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
      && errno != EINPROGRESS)
    fail("connect");
  return number;
}

} // namespace stellwerk::benchmarks
