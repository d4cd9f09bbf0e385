#pragma once

#include "actors/io/endpoint.hpp"
#include "actors/io/event_handler.hpp"
#include "actors/io/file_descriptor.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace stellwerk::io {

class worker;

enum class io_result {
  done,        ///< Some octets went through.
  would_block, ///< None now; the owner is woken when it is worth another try.
  end,         ///< The peer will send no more.
  failed,      ///< The connection is lost.
};

/// A non-blocking TCP connection on a worker's edge-triggered epoll. It remembers its
/// readiness, so that no system call is spent on learning that there is nothing.
class socket final : private event_handler {
public:
  socket(worker& home, wakeable& owner) : home_{home}, owner_{owner} {}
  ~socket() { close(); }
  socket(const socket&) = delete;
  socket& operator=(const socket&) = delete;

  /// Takes a connected or connecting descriptor, sets TCP_NODELAY and keepalive (first probe
  /// after 4 minutes of silence: below what NATs forget). False if the kernel refuses to watch
  /// it.
  bool adopt(file_descriptor descriptor);
  /// Begins a connection; false if it failed at once.
  bool connect(const endpoint& peer);
  /// Nothing while the connection is being made, then 0 or its errno.
  [[nodiscard]] std::optional<int> connect_result();

  io_result receive(std::span<char> room, std::size_t& octets);
  /// As `receive`, but the octets stay to be received.
  io_result peek(std::span<char> room, std::size_t& octets);
  /// `more` follows at once: the kernel may wait for it (MSG_MORE).
  io_result send(std::string_view data, bool more, std::size_t& octets);
  /// Sends FIN behind what was sent.
  void shut_down_sending();
  void close();

  [[nodiscard]] bool is_open() const { return descriptor_.is_open(); }
  [[nodiscard]] bool is_readable() const { return readable_; }
  /// Will the peer send no more than what is there already, as far as is known?
  [[nodiscard]] bool peer_has_finished() const { return peer_finished_; }
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

private:
  void on_events(std::uint32_t events) override;
  io_result receive(std::span<char> room, int flags, std::size_t& octets);

  worker& home_;
  wakeable& owner_;
  file_descriptor descriptor_;
  bool readable_ = false;
  bool writable_ = false;
  bool connecting_ = false;
  bool peer_finished_ = false;
};

} // namespace stellwerk::io
