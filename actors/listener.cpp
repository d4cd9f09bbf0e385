#include "actors/listener.hpp"

#include "actors/imap_session.hpp"
#include "actors/listener_words.hpp"
#include "actors/place_caps.hpp"
#include "actors/pop3_session.hpp"
#include "actors/refusing_session.hpp"
#include "actors/sieve_session.hpp"
#include "actors/smtp_session.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/epoll.h>
#include <system_error>

namespace stellwerk {
namespace {

constexpr int accepts_per_turn = 64;
constexpr int backlog = 1024;
constexpr std::chrono::milliseconds pause_length{500};
constexpr const char* shutdown_text = "The server is shutting down, please connect again";

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/// The name that retires the whole listener; senders on port 25 would fall back to clear text.
std::string name_bound_to(const listener_settings& settings) {
  return settings.protocol == mail_protocol::smtp ? std::string{} : settings.certificate;
}

std::string name_of(const listener_settings& settings) {
  return std::string{text_of(settings.protocol)} + ':' + std::to_string(settings.address.port);
}

} // namespace

io::file_descriptor open_port(const endpoint& address) {
  const auto fail = [&] {
    return std::system_error{errno, std::generic_category(),
                             "cannot listen on " + text_of(address)};
  };
  const auto end = io::endpoint::parse(address.host, address.port);
  if (!end) {
    errno = EINVAL;
    throw fail();
  }
  io::file_descriptor port{
      ::socket(end->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)};
  const int on = 1;
  if (!port.is_open() || ::setsockopt(port.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
      || ::setsockopt(port.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0
      || ::bind(port.get(), end->data(), end->size()) != 0
      || ::listen(port.get(), backlog) != 0)
    throw fail();
  return port;
}

listener::listener(caf::actor_config& config, environment_ptr surroundings,
                   listener_settings settings, io::file_descriptor& port)
    : pinned_actor{config},
      surroundings_{std::move(surroundings)}, view_{std::make_shared<listener_view>()},
      port_{std::move(port)}, own_name_{home(), name_bound_to(settings),
                                        [this](bool retired) { on_name_changed(retired); }} {
  view_->name = name_of(settings);
  view_->counted = &surroundings_->counted.listener(view_->name);
  view_->settings = std::move(settings);
  view_->changed = [this] { answer_if_drained(); };
}

caf::behavior listener::make_behavior() {
  return {
      [this](const standing& now) {
        const bool first = !current_.now;
        current_ = now;
        if (first && port_.is_open())
          begin_accepting();
        if (!draining_)
          own_name_.follow(now.now->tls.certificates);
      },
      [this](drain_listener) {
        auto promise = make_response_promise<listener_drained>();
        waiting_.push_back(promise);
        draining_ = true;
        close_port();
        for (auto* one : std::vector{view_->living})
          one->order_drain(shutdown_text);
        answer_if_drained();
        return promise;
      },
      [this](cut_order) {
        for (auto* one : std::vector{view_->living})
          one->order_cut();
      },
  };
}

void listener::answer_if_drained() {
  if (!draining_ || !view_->living.empty())
    return;
  for (auto& promise : std::exchange(waiting_, {}))
    promise.deliver(listener_drained{});
}

void listener::on_exit() {
  view_->changed = [] {}; // Sessions may outlive their listener, though not for long.
  for (auto* one : std::vector{view_->living})
    one->order_cut();
  close_port();
}

void listener::close_port() {
  own_name_.stop();
  home().disarm(*this);
  if (!port_.is_open())
    return;
  home().forget(port_.get(), *this);
  port_.reset();
}

// Stops to listen without letting go of the port: the next who connects is refused.
void listener::on_name_changed(bool retired) {
  if (retired) {
    home().disarm(*this);
    paused_ = false;
    home().forget(port_.get(), *this);
    ::shutdown(port_.get(), SHUT_RD);
  } else {
    ::listen(port_.get(), backlog);
    begin_accepting();
  }
  if (home().index() == 0) // Every worker has one.
    log::write(retired ? log::event::listener_closed : log::event::listener_opened,
               {{"listener", view_->name}, {"name", view_->settings.certificate}});
}

void listener::on_events(std::uint32_t) { accept_some(); }

void listener::on_timer() { begin_accepting(); }

void listener::begin_accepting() {
  try {
    home().watch(port_.get(), EPOLLIN, *this); // Reports who is waiting already, too.
  } catch (const std::system_error&) {
    pause("the kernel cannot watch the port");
  }
}

void listener::pause(const char* why) {
  if (!paused_)
    log::write(log::event::accept_paused, {{"listener", view_->name}, {"why", why}});
  paused_ = true;
  home().arm(*this, home().now() + pause_length);
}

void listener::accept_some() {
  for (int count = 0; count < accepts_per_turn; ++count) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    io::file_descriptor socket{::accept4(port_.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                                         SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!socket.is_open()) {
      const int error = errno;
      if (error == EINTR || error == ECONNABORTED)
        continue;
      if (is_shortage(error)) {
        home().forget(port_.get(), *this);
        pause(error == EMFILE || error == ENFILE ? "no file descriptors left"
                                                 : "no memory left");
      }
      return;
    }
    if (paused_) {
      paused_ = false;
      log::write(log::event::accept_resumed, {{"listener", view_->name}});
    }
    give_session(std::move(socket), io::endpoint::from(peer));
  }
}

void listener::put_off(const io::file_descriptor& socket, std::string_view why) const {
  view_->counted->refused.add();
  log::write(log::event::connection_refused,
             {{"listener", view_->name},
              {"client", io::endpoint::peer_of(socket.get()).text()},
              {"why", why}});
  const auto words = words_when_full(view_->settings);
  static_cast<void>(::send(socket.get(), words.data(), words.size(), MSG_NOSIGNAL));
}

void listener::give_session(io::file_descriptor socket, const io::endpoint& client) {
  const auto& limits = current_.now->settings().limits;
  auto& ledger = surroundings_->connections;
  const auto& balancers = view_->settings.proxy_protocol_from;
  const bool behind_balancer
      = std::any_of(balancers.begin(), balancers.end(),
                    [ip = client.ip()](const ip_network& one) { return one.contains(ip); });
  switch (behind_balancer ? ledger.admit_unnamed(limits.connections)
                          : ledger.admit(client.address(), limits.connections,
                                         limits.connections_per_address)) {
    case connection_ledger::verdict::admitted:
      break;
    case connection_ledger::verdict::too_many:
      return put_off(socket, "limits.connections");
    case connection_ledger::verdict::too_many_of_address:
      return put_off(socket, "limits.connections_per_address");
  }
  place_ledger::place stranger;
  if (!behind_balancer && counts_strangers(view_->settings)) {
    const auto caps = stranger_caps(limits.connections, limits.connections_per_address);
    stranger = surroundings_->strangers.take(client.address(), client.network_octets(), caps);
    if (!stranger) {
      ledger.release(client.address());
      return put_off(socket, "too many without a login");
    }
  }
  session_birth birth{surroundings_,     view_,           current_,           client,
                      std::move(socket), behind_balancer, std::move(stranger)};
  if (view_->settings.tls == listener_tls::refuse) {
    io::spawn_pinned<refusing_session>(home(), birth);
    return;
  }
  switch (view_->settings.protocol) {
    case mail_protocol::imap:
      io::spawn_pinned<imap_session>(home(), birth);
      return;
    case mail_protocol::pop3:
      io::spawn_pinned<pop3_session>(home(), birth);
      return;
    case mail_protocol::sieve:
      io::spawn_pinned<sieve_session>(home(), birth);
      return;
    case mail_protocol::submission:
    case mail_protocol::smtp:
      io::spawn_pinned<smtp_session>(home(), birth);
      return;
  }
}

} // namespace stellwerk
