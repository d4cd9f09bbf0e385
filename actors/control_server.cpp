#include "actors/control_server.hpp"

#include "actors/control_replies.hpp"
#include "actors/leg.hpp"
#include "actors/log/log.hpp"

#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

namespace stellwerk {
namespace {

constexpr std::size_t max_question_octets = 64 * 1024;
constexpr std::chrono::seconds question_budget{10};
constexpr std::chrono::seconds answer_budget{30};
constexpr std::chrono::milliseconds pause_when_short{500};

/// Who asks, by the kernel's word.
std::string asked_by(int descriptor) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return "control";
  return "uid " + std::to_string(who.uid);
}

/// One connection: a question, an answer.
class control_session final : public io::coroutine_actor {
public:
  control_session(caf::actor_config& config, environment_ptr surroundings,
                  caf::actor supervisor, io::file_descriptor& socket)
      : coroutine_actor{config}, surroundings_{std::move(surroundings)},
        supervisor_{std::move(supervisor)}, socket_{std::move(socket)} {}

private:
  io::task<void> run() override {
    const auto who = asked_by(socket_.get());
    leg peer{*this};
    if (!peer.stream().transport().adopt(std::move(socket_)))
      co_return;
    const auto until = now() + question_budget;
    std::size_t end = std::string_view::npos;
    while ((end = peer.inbox().rest().find('\n')) == std::string_view::npos) {
      if (peer.inbox().rest().size() > max_question_octets)
        co_return;
      const auto heard = co_await peer.fill(until);
      if (heard != leg::outcome::done)
        co_return;
    }
    const std::string line{peer.inbox().rest().substr(0, end)};
    const auto reply = co_await answer(line, who);
    static_cast<void>(co_await peer.send(reply + '\n', now() + answer_budget));
    peer.stream().finish();
  }

  io::task<std::string> answer(std::string line, std::string who) {
    const auto question = parse_question(line);
    if (!question)
      co_return refusal_reply("not a question this version knows",
                              "use the command line of the same version");
    log::write(log::event::control_request, {{"by", who}, {"command", question->command}});
    if (question->command == "reload") {
      reload_request asked{question->allow_removals, who};
      auto report = co_await ask<reload_report>(surroundings_->router, std::move(asked));
      co_return report ? reload_reply(*report) : gone_reply();
    }
    if (question->command == "kick") {
      kick_request asked{question->subject, who};
      auto report = co_await ask<kick_report>(surroundings_->router, std::move(asked));
      co_return report ? kick_reply(*report, question->subject) : gone_reply();
    }
    if (question->command == "drain") {
      drain_request asked{who};
      auto report = co_await ask<drain_report>(supervisor_, std::move(asked));
      co_return report ? drain_reply(*report) : gone_reply();
    }
    auto seen = co_await ask<overview>(surroundings_->router, overview_request{});
    if (!seen)
      co_return gone_reply();
    co_return question->command == "sessions"
        ? sessions_reply(*seen)
        : status_reply(*seen, question->subject, surroundings_->certificate_uses.all(),
                       surroundings_->refusals.all());
  }

  caf::behavior messages() override {
    return {[](caf::unit_t) {}};
  }

  void on_failure(std::exception_ptr thrown) noexcept override {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& fault) {
      log::write(log::event::actor_died,
                 {{"actor", "control_session"}, {"fault", fault.what()}});
    } catch (...) {
      log::write(log::event::actor_died, {{"actor", "control_session"}});
    }
  }

  environment_ptr surroundings_;
  caf::actor supervisor_;
  io::file_descriptor socket_;
};

} // namespace

io::file_descriptor open_control_port(const std::filesystem::path& path) {
  const auto fail = [&](int error) {
    return std::system_error{error, std::generic_category(), "cannot open " + path.string()};
  };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto text = path.string();
  if (text.size() >= sizeof address.sun_path)
    throw fail(ENAMETOOLONG);
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  io::file_descriptor port{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!port.is_open())
    throw fail(errno);
  ::unlink(text.c_str()); // The lock file says that nobody else is using it.
  const auto former = ::umask(0177);
  const int bound
      = ::bind(port.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  ::umask(former);
  if (bound != 0)
    throw fail(error);
  if (::listen(port.get(), 16) != 0)
    throw fail(errno);
  return port;
}

control_server::control_server(caf::actor_config& config, environment_ptr surroundings,
                               std::shared_ptr<io::file_descriptor> port, caf::actor supervisor)
    : pinned_actor{config}, surroundings_{std::move(surroundings)}, port_{std::move(port)},
      supervisor_{std::move(supervisor)} {}

caf::behavior control_server::make_behavior() {
  begin_accepting();
  return {[](caf::unit_t) {}};
}

void control_server::on_exit() {
  home().disarm(*this);
  home().forget(port_->get(), *this);
  supervisor_ = nullptr;
}

void control_server::on_events(std::uint32_t) {
  io::file_descriptor socket{
      ::accept4(port_->get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (socket.is_open()) {
    io::spawn_pinned<control_session>(home(), surroundings_, supervisor_, socket);
  } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
    // No descriptors left: who waits would be reported again at once.
    home().forget(port_->get(), *this);
    home().arm(*this, home().now() + pause_when_short);
  }
}

void control_server::on_timer() { begin_accepting(); }

void control_server::begin_accepting() {
  try {
    home().watch(port_->get(), EPOLLIN, *this);
  } catch (const std::system_error&) {
    home().arm(*this, home().now() + pause_when_short); // The kernel is short of memory.
  }
}

} // namespace stellwerk
