// A port that the kernel refuses to watch for a while.
#include "actors/control_server.hpp"
#include "actors/listener.hpp"

#include "tests/support/port_taker.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/worker_fixture.hpp"

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace stellwerk;
using namespace std::chrono_literals;
using test::worker_fixture;

namespace {

/// Longer than two of the pauses.
constexpr auto shortage = 1200ms;

/// What is heard on `socket` until the peer closes it or 10 s have passed.
std::string hear(int socket) {
  std::string heard;
  std::array<char, 512> room{};
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < until) {
    pollfd source{socket, POLLIN, 0};
    if (::poll(&source, 1, 100) <= 0)
      continue;
    const auto count = ::recv(socket, room.data(), room.size(), 0);
    if (count <= 0)
      break;
    heard.append(room.data(), static_cast<std::size_t>(count));
  }
  return heard;
}

} // namespace

TEST_CASE_FIXTURE(worker_fixture, "a listener outlives a port that cannot be watched") {
  listener_settings settings;
  settings.protocol = mail_protocol::imap;
  settings.tls = listener_tls::starttls;
  auto port = open_port({"127.0.0.1", 0});
  const auto number = port.get();
  const auto address = io::endpoint::local_of(number);
  auto released = test::take_port(home, number, shortage);

  auto door = io::spawn_pinned<listener>(home, std::make_shared<environment>(), settings, port);
  auto now = std::make_shared<world>();
  now->current.settings.limits.connections = 0; // A client is put off, which is all we need.
  caf::anon_send(door, standing{now, std::make_shared<const backend_facts>()});
  expect(std::move(released));

  const io::file_descriptor client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  REQUIRE(::connect(client.get(), address.data(), address.size()) == 0);
  CHECK(hear(client.get()) == "* BYE [UNAVAILABLE] Too many connections\r\n");
  caf::anon_send_exit(door, caf::exit_reason::user_shutdown);
}

TEST_CASE_FIXTURE(worker_fixture, "so does the control server") {
  const test::temporary_folder folder;
  const auto path = (folder.path() / "control.sock").string();
  auto port = std::make_shared<io::file_descriptor>(open_control_port(path));
  auto released = test::take_port(home, port->get(), shortage);
  auto server = io::spawn_pinned<control_server>(home, std::make_shared<environment>(), port,
                                                 caf::actor{});
  expect(std::move(released));

  const io::file_descriptor client{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address)
          == 0);
  REQUIRE(::send(client.get(), "?\n", 2, MSG_NOSIGNAL) == 2);
  CHECK(hear(client.get()).find("not a question this version knows") != std::string::npos);
  caf::anon_send_exit(server, caf::exit_reason::user_shutdown);
}
