#include "actors/leg.hpp"

namespace stellwerk {

io::task<leg::outcome> leg::fill(io::clock::time_point until) {
  for (;;) {
    const auto room = owner_.home().scratch();
    std::size_t octets = 0;
    switch (stream_.read(room, octets)) {
      case io::io_result::done:
        inbox_.append({room.data(), octets});
        co_return outcome::done;
      case io::io_result::end:
      case io::io_result::failed:
        co_return outcome::closed;
      case io::io_result::would_block:
        break;
    }
    if (owner_.now() >= until)
      co_return outcome::late;
    stream_.flush();
    owner_.look_at_orders();
    co_await owner_.event(until);
  }
}

io::task<leg::outcome> leg::send(std::string_view text, io::clock::time_point until) {
  stream_.write(text);
  return flush(until);
}

io::task<leg::outcome> leg::flush(io::clock::time_point until) {
  while (!stream_.flush()) {
    if (owner_.now() >= until)
      co_return outcome::late;
    owner_.look_at_orders();
    co_await owner_.event(until);
  }
  co_return stream_.has_failed() ? outcome::closed : outcome::done;
}

io::task<leg::outcome> leg::handshake(io::clock::time_point until) {
  for (;;) {
    switch (stream_.handshake()) {
      case io::handshake_state::done:
        co_return outcome::done;
      case io::handshake_state::failed:
        co_return outcome::closed;
      case io::handshake_state::wait:
        break;
    }
    if (owner_.now() >= until)
      co_return outcome::late;
    owner_.look_at_orders();
    co_await owner_.event(until);
  }
}

} // namespace stellwerk
