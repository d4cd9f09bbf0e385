#include "actors/io/stream.hpp"

#include "actors/io/worker.hpp"
#include "actors/tls/backend_context.hpp"

#include <utility>

#include <openssl/err.h>

namespace stellwerk::io {
namespace {

constexpr std::size_t octets_per_record = 16 * 1024;

} // namespace

void stream::start_tls(tls::ssl_ptr session) {
  tls_ = std::move(session);
  link_.transport = &socket_;
  auto* bio = make_socket_bio(link_);
  SSL_set_bio(tls_.get(), bio, bio);
}

handshake_state stream::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  if (result == 1)
    return handshake_state::done;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return handshake_state::wait;
    default:
      note_failure();
      return handshake_state::failed;
  }
}

void stream::note_failure() {
  failed_ = true;
  failure_ = tls::failure_reason(tls_.get());
}

io_result stream::read(std::span<char> room, std::size_t& octets) {
  octets = 0;
  if (failed_)
    return io_result::failed;
  const auto result = tls_ ? read_tls(room, octets) : socket_.receive(room, octets);
  failed_ = failed_ || result == io_result::failed;
  return result;
}

io_result stream::read_tls(std::span<char> room, std::size_t& octets) {
  while (octets < room.size()) {
    ERR_clear_error();
    std::size_t count = 0;
    const int result
        = SSL_read_ex(tls_.get(), room.data() + octets, room.size() - octets, &count);
    if (result == 1) {
      octets += count;
      continue;
    }
    const int error = SSL_get_error(tls_.get(), result);
    if (octets > 0)
      break; // What ended this will be met again at the next call.
    switch (error) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return io_result::would_block;
      case SSL_ERROR_ZERO_RETURN:
        return io_result::end;
      default:
        note_failure();
        return io_result::failed;
    }
  }
  return io_result::done;
}

std::size_t stream::send_tls(std::string_view data) {
  std::size_t sent = 0;
  while (sent < data.size()) {
    const auto record = data.substr(sent, octets_per_record);
    link_.more_follows = sent + record.size() < data.size();
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_write_ex(tls_.get(), record.data(), record.size(), &count);
    if (result == 1) {
      sent += count;
      continue;
    }
    const int error = SSL_get_error(tls_.get(), result);
    if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ)
      note_failure();
    break;
  }
  link_.more_follows = false;
  return sent;
}

std::size_t stream::send_some(std::string_view data) {
  if (tls_)
    return send_tls(data);
  std::size_t sent = 0;
  while (sent < data.size()) {
    std::size_t count = 0;
    const auto result = socket_.send(data.substr(sent), false, count);
    sent += count;
    failed_ = failed_ || result == io_result::failed;
    if (result != io_result::done)
      break;
  }
  return sent;
}

void stream::write(std::string_view data) {
  if (failed_ || finished_)
    return;
  if (pending() == 0)
    data.remove_prefix(send_some(data));
  if (data.empty() || failed_)
    return;
  if (pending_.empty())
    pending_ = home_.take_buffer();
  pending_.append(data);
}

// Idle sessions own no buffer.
void stream::forget_pending() {
  home_.give_back(std::exchange(pending_, {}));
  sent_ = 0;
}

bool stream::flush() {
  if (!failed_ && pending() > 0)
    sent_ += send_some(std::string_view{pending_}.substr(sent_));
  if (!failed_ && pending() > 0)
    return false;
  if (!pending_.empty())
    forget_pending();
  return true;
}

void stream::finish() {
  if (finished_ || !socket_.is_open())
    return;
  finished_ = true;
  if (tls_ && !failed_ && SSL_is_init_finished(tls_.get()) == 1) {
    ERR_clear_error();
    static_cast<void>(
        SSL_shutdown(tls_.get())); // Sends close_notify; we don't wait for theirs.
    ERR_clear_error();
  }
  socket_.shut_down_sending();
}

void stream::close() {
  if (socket_.is_open())
    finish();
  socket_.close();
  tls_.reset();
  pending_.clear();
}

} // namespace stellwerk::io
