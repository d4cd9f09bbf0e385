#include "tests/actors/interleavings/backend_peer.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace stellwerk::test {

void backend_peer::hear() {
  std::array<char, 4096> room{};
  while (!is_closed()) {
    const auto count = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (count > 0) {
      heard_.append(room.data(), static_cast<std::size_t>(count));
      continue;
    }
    const bool has_ended = count == 0 || errno != EAGAIN;
    take(heard_);
    if (has_ended)
      close();
    return;
  }
}

// Reset rather than closed: thousands of connections would linger in the kernel.
void backend_peer::close() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.reset();
}

void backend_peer::answer(chance& choices) {
  if (!owes_answer())
    return;
  if (choices.one_in(100))
    return close();
  const auto asked = std::move(owed_.front());
  owed_.pop_front();
  const auto words = answer_to(asked, choices);
  static_cast<void>(::send(socket_.get(), words.data(), words.size(), MSG_NOSIGNAL));
  if (hanging_up_)
    ::shutdown(socket_.get(), SHUT_WR);
}

std::optional<std::string> take_line(std::string& heard) {
  const auto end = heard.find("\r\n");
  if (end == std::string::npos)
    return std::nullopt;
  auto line = heard.substr(0, end);
  heard.erase(0, end + 2);
  return line;
}

} // namespace stellwerk::test
