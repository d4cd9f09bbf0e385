// A cheap IMAP server for the benchmarks: one thread, plain and TLS, every login is right.
//
//   stub_backend --chain FILE --key FILE [--wrong-octet-at N]
//
// Takes two free ports on 127.0.0.1, prints "ready PLAIN_PORT TLS_PORT", answers each line on
// standard input with its counters as one line of JSON, and exits when standard input ends.
// With --wrong-octet-at messages have one wrong octet: the self-check proves with it that
// mail_load looks.

#include "benchmarks/arguments.hpp"
#include "benchmarks/poller.hpp"
#include "benchmarks/stub_session.hpp"

#include <csignal>
#include <iostream>
#include <memory>
#include <unordered_map>

namespace stellwerk::benchmarks {
namespace {

class stub_backend {
public:
  explicit stub_backend(const arguments& given)
      : context_{make_server_context(given.text("chain"), given.text("key"))},
        octets_{given.number("wrong-octet-at", literal_octets::none)} {
    poller_.add(plain_.number(), &plain_, EPOLLIN);
    poller_.add(tls_.number(), &tls_, EPOLLIN);
    poller_.add(STDIN_FILENO, nullptr, EPOLLIN);
  }

  void run() {
    std::cout << "ready " << port_of(plain_) << ' ' << port_of(tls_) << std::endl;
    while (!asked_to_end_) {
      for (const epoll_event& event : poller_.wait(std::chrono::milliseconds{-1})) {
        if (event.data.ptr == nullptr)
          obey();
        else if (event.data.ptr == &plain_ || event.data.ptr == &tls_)
          accept_all(*static_cast<descriptor*>(event.data.ptr));
        else
          serve(*static_cast<stub_session*>(event.data.ptr));
      }
    }
  }

private:
  void obey() {
    std::array<char, 256> piece{};
    const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
    asked_to_end_ = got <= 0;
    if (!asked_to_end_)
      std::cout << R"({"connections":)" << counters_.connections << R"(,"tls_connections":)"
                << counters_.tls_connections << R"(,"open":)" << counters_.open
                << R"(,"logins":)" << counters_.logins << R"(,"idles":)" << counters_.idles
                << R"(,"fetches":)" << counters_.fetches << R"(,"literal_octets":)"
                << counters_.literal_octets << R"(,"logouts":)" << counters_.logouts << '}'
                << std::endl;
  }

  void accept_all(const descriptor& listener) {
    for (;;) {
      descriptor accepted{
          accept4(listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (accepted.number() < 0) {
        if (errno != EAGAIN && errno != ECONNABORTED)
          fail("accept"); // Without descriptors there is no figure: better no stub at all.
        return;
      }
      set_no_delay(accepted.number());
      tls_handle tls;
      if (&listener == &tls_) {
        tls.reset(SSL_new(context_.get()));
        SSL_set_accept_state(tls.get());
        ++counters_.tls_connections;
      }
      ++counters_.connections;
      ++counters_.open;
      auto session = std::make_unique<stub_session>(stream{std::move(accepted), std::move(tls)},
                                                    octets_, counters_);
      poller_.add(session->connection().number(), session.get(), EPOLLIN);
      stub_session& begun = *session;
      sessions_.emplace(&begun, std::move(session));
      serve(begun);
    }
  }

  void serve(stub_session& session) {
    io_status status = io_status::closed;
    try {
      status = session.advance();
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
  descriptor plain_ = listen_on_loopback(0);
  descriptor tls_ = listen_on_loopback(0);
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
