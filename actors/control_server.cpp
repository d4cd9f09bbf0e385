#include "actors/control_server.hpp"

#include "actors/control_session.hpp"

#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <utility>

namespace stellwerk {
namespace {

constexpr std::chrono::milliseconds pause_when_short{500};

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
