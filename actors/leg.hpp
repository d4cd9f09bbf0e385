#pragma once

#include "actors/inbox.hpp"
#include "actors/io/coroutine_actor.hpp"
#include "actors/io/stream.hpp"

#include <string_view>

namespace stellwerk {

/// One of the two connections of a session, with what has arrived on it: the waiting halves of
/// reading, writing and handshaking. Every wait has its end.
class leg {
public:
  explicit leg(io::coroutine_actor& owner) : owner_{owner}, stream_{owner.home(), owner} {}

  [[nodiscard]] io::stream& stream() { return stream_; }
  [[nodiscard]] const io::stream& stream() const { return stream_; }
  [[nodiscard]] stellwerk::inbox& inbox() { return inbox_; }
  [[nodiscard]] io::coroutine_actor& owner() const { return owner_; }

  enum class outcome { done, closed, late };

  /// Waits until something more has arrived in the inbox.
  io::task<outcome> fill(io::clock::time_point until);
  /// Sends, and waits until the peer has taken all but what a socket buffer holds.
  io::task<outcome> send(std::string_view text, io::clock::time_point until);
  /// Waits until nothing is pending.
  io::task<outcome> flush(io::clock::time_point until);
  /// Waits for TLS, which `stream().start_tls` has begun.
  io::task<outcome> handshake(io::clock::time_point until);

private:
  io::coroutine_actor& owner_;
  io::stream stream_;
  stellwerk::inbox inbox_;
};

} // namespace stellwerk
