#include "actors/tls/session_cache.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace stellwerk::tls {

namespace {

bool is_too_old(const SSL_SESSION* session) {
  long lifetime = SSL_SESSION_get_timeout(session);
  const auto told = static_cast<long>(SSL_SESSION_get_ticket_lifetime_hint(session));
  if (told > 0)
    lifetime = std::min(lifetime, told);
  return std::time(nullptr) >= SSL_SESSION_get_time(session) + lifetime;
}

} // namespace

void session_cache::keep(const SSL_SESSION* session) {
  ssl_session_ptr copy{SSL_SESSION_dup(session)};
  if (!copy)
    return; // Memory is short: the next handshake is a full one.
  const std::lock_guard guard{mutex_};
  sessions_.push_back(std::move(copy));
  if (sessions_.size() > most)
    sessions_.pop_front();
}

ssl_session_ptr session_cache::take() {
  const std::lock_guard guard{mutex_};
  while (!sessions_.empty()) {
    auto& newest = sessions_.back();
    const bool is_old = is_too_old(newest.get());
    if (!is_old && SSL_SESSION_get_protocol_version(newest.get()) < TLS1_3_VERSION)
      return ssl_session_ptr{SSL_SESSION_dup(newest.get())};
    auto taken = std::move(newest);
    sessions_.pop_back();
    if (!is_old)
      return taken;
  }
  return nullptr;
}

} // namespace stellwerk::tls
