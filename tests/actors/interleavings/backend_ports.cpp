#include "tests/actors/interleavings/backend_ports.hpp"

#include "actors/io/endpoint.hpp"
#include "actors/listener.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace stellwerk::test {

backend_ports::backend_ports() {
  auto next = ports_.begin();
  for (const auto where : {side::on_old, side::on_new})
    for (const auto service : services)
      *next++ = {open_port({"127.0.0.1", 0}), where, service};
}

backend_settings backend_ports::settings_of(side where) const {
  backend_settings made;
  for (const auto& one : ports_) {
    if (one.where != where)
      continue;
    backend_service service;
    service.address = {"127.0.0.1", io::endpoint::local_of(one.socket.get()).port()};
    service.tls = backend_tls::none;
    (one.service == mail_protocol::imap         ? made.imap
     : one.service == mail_protocol::submission ? made.submission
                                                : made.smtp)
        = service;
  }
  return made;
}

void backend_ports::accept(const welcome& take) const {
  for (const auto& one : ports_)
    for (;;) {
      io::file_descriptor socket{
          ::accept4(one.socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (!socket.is_open())
        break;
      // Or an answer behind another would wait for the real time of a delayed ACK.
      const int on = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      take(std::move(socket), one.where, one.service);
    }
}

} // namespace stellwerk::test
