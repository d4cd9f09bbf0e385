// A cheap mail server for the benchmarks: IMAP and SMTP, one thread, every login is right.
//
//   stub_backend --chain FILE --key FILE [--wrong-octet-at N]
//
// Takes free ports on 127.0.0.1, prints them as one line of JSON, answers each line on standard
// input with its counters as another, and exits when standard input ends. The ports that end in
// _proxy want a PROXY header first. With --wrong-octet-at messages have one wrong octet: the
// self-check proves with it that mail_load looks.

#include "benchmarks/arguments.hpp"
#include "benchmarks/poller.hpp"
#include "benchmarks/stub_imap.hpp"
#include "benchmarks/stub_smtp.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <unordered_map>
#include <vector>

namespace stellwerk::benchmarks {
namespace {

class stub_backend {
public:
  explicit stub_backend(const arguments& given)
      : context_{make_server_context(given.text("chain"), given.text("key"))},
        octets_{given.number("wrong-octet-at", literal_octets::none)} {
    for (port& one : ports_)
      poller_.add(one.listener.number(), &one, EPOLLIN);
    poller_.add(STDIN_FILENO, nullptr, EPOLLIN);
  }

  void run() {
    std::cout << '{';
    for (const port& one : ports_)
      std::cout << (&one == ports_.data() ? "\"" : ",\"") << one.name
                << "\":" << port_of(one.listener);
    std::cout << '}' << std::endl;
    while (!asked_to_end_) {
      for (const epoll_event& event : poller_.wait(std::chrono::milliseconds{-1})) {
        if (event.data.ptr == nullptr)
          obey();
        else if (const auto* const one = listening(event.data.ptr))
          accept_all(*one);
        else
          serve(*static_cast<stub_session*>(event.data.ptr));
      }
    }
  }

private:
  struct port {
    const char* name;
    stub_service service;
    descriptor listener = listen_on_loopback(0);
  };

  void obey() {
    std::array<char, 256> piece{};
    const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
    asked_to_end_ = got <= 0;
    if (!asked_to_end_)
      std::cout << counters_ << std::endl;
  }

  [[nodiscard]] const port* listening(const void* who) const {
    const auto found = std::find_if(ports_.begin(), ports_.end(),
                                    [who](const port& one) { return &one == who; });
    return found == ports_.end() ? nullptr : &*found;
  }

  void accept_all(const port& at) {
    for (;;) {
      descriptor accepted{
          accept4(at.listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (accepted.number() < 0) {
        if (errno != EAGAIN && errno != ECONNABORTED)
          fail("accept"); // Without descriptors there is no figure: better no stub at all.
        return;
      }
      set_no_delay(accepted.number());
      tls_handle tls;
      if (at.service.tls) {
        tls.reset(SSL_new(context_.get()));
        SSL_set_accept_state(tls.get());
        ++counters_.tls_connections;
      }
      ++counters_.connections;
      ++counters_.open;
      auto session = make_session(at.service, {std::move(accepted), std::move(tls)});
      poller_.add(session->connection().number(), session.get(), EPOLLIN);
      stub_session& begun = *session;
      sessions_.emplace(&begun, std::move(session));
      serve(begun);
    }
  }

  std::unique_ptr<stub_session> make_session(const stub_service& service, stream connection) {
    if (service.speaks == stub_service::protocol::smtp)
      return std::make_unique<stub_smtp>(std::move(connection), service.proxy_header, octets_,
                                         counters_);
    return std::make_unique<stub_imap>(std::move(connection), service.proxy_header, octets_,
                                       counters_);
  }

  void serve(stub_session& session) {
    io_status status = io_status::closed;
    try {
      status = session.advance(scratch_);
    } catch (const std::exception& fault) {
      std::cerr << "stub_backend: " << fault.what() << '\n';
    }
    if (status == io_status::closed) {
      --counters_.open;
      sessions_.erase(&session);
      return;
    }
    poller_.change(session.connection().number(), &session,
                   status == io_status::want_write ? EPOLLOUT : EPOLLIN);
  }

  tls_context context_;
  literal_octets octets_;
  stub_counters counters_;
  std::vector<char> scratch_ = std::vector<char>(std::size_t{64} * 1024);
  std::array<port, 6> ports_{
      {{.name = "imap_plain", .service = {}},
       {.name = "imap_tls", .service = {.tls = true}},
       {.name = "imap_plain_proxy", .service = {.proxy_header = true}},
       {.name = "imap_tls_proxy", .service = {.tls = true, .proxy_header = true}},
       {.name = "smtp_plain", .service = {.speaks = stub_service::protocol::smtp}},
       {.name = "smtp_plain_proxy",
        .service = {.speaks = stub_service::protocol::smtp, .proxy_header = true}}}};
  poller poller_;
  std::unordered_map<stub_session*, std::unique_ptr<stub_session>> sessions_;
  bool asked_to_end_ = false;
};

} // namespace
} // namespace stellwerk::benchmarks

int main(int count, char** values) {
  try {
    std::signal(SIGPIPE, SIG_IGN);
    stellwerk::benchmarks::raise_descriptor_limit();
    stellwerk::benchmarks::stub_backend{stellwerk::benchmarks::arguments{count, values}}.run();
    return 0;
  } catch (const std::exception& fault) {
    std::cerr << "stub_backend: " << fault.what() << '\n';
    return 70;
  }
}
