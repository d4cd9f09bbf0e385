// A load of IMAPS clients: full TLS 1.3 handshakes, no resumption, every octet checked.
//
//   mail_load --mode login|hold|fetch --port N --ca FILE --name HOST --domain D --accounts N
//             --sessions N [--concurrent N] [--octets TOTAL --message-octets N]
//
// login  each session logs in and out; at most `concurrent` at a time.
// hold   prints "loaded"; after a line on standard input all sessions log in and enter IDLE;
//        prints "ready"; after a line each leaves IDLE and logs out.
// fetch  all sessions log in; prints "ready"; after a line they fetch `octets` in all; prints
//        "fetched"; after a line they log out.
//
// The last line is JSON: what was done. Any session that strays from this course ends the
// program with a message and exit code 70, without that line. Logins are user00000@D and on.

#include "benchmarks/arguments.hpp"
#include "benchmarks/client_session.hpp"
#include "benchmarks/poller.hpp"

#include <csignal>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <unordered_map>
#include <vector>

namespace stellwerk::benchmarks {
namespace {

purpose purpose_of(const std::string& mode) {
  if (mode == "login")
    return purpose::login;
  if (mode == "hold")
    return purpose::hold;
  if (mode == "fetch")
    return purpose::fetch;
  throw std::invalid_argument{"--mode: login, hold or fetch, not " + mode};
}

class mail_load {
public:
  explicit mail_load(const arguments& given)
      : purpose_{purpose_of(given.text("mode"))}, port_{static_cast<std::uint16_t>(
                                                      given.number("port"))},
        name_{given.text("name")}, domain_{given.text("domain")}, accounts_{given.number(
                                                                      "accounts")},
        sessions_{given.number("sessions")}, concurrent_{given.number("concurrent", 16)},
        message_octets_{given.number("message-octets", 1)}, octets_{given.number(
                                                                "octets",
                                                                message_octets_ * sessions_)},
        context_{make_client_context(given.text("ca"), tickets_)} {
    if (sessions_ == 0 || accounts_ == 0 || concurrent_ == 0 || message_octets_ == 0
        || octets_ % (message_octets_ * sessions_) != 0)
      throw std::invalid_argument{
          "numbers are at least 1, and octets a multiple of sessions * message-octets"};
    if (purpose_ != purpose::login)
      poller_.add(STDIN_FILENO, nullptr, EPOLLIN);
  }

  void run() {
    if (purpose_ == purpose::hold)
      await_word("loaded"); // so that the libraries we share with the proxy count the same
    turn_until([this] {
      return purpose_ == purpose::login ? ended_ == sessions_ : held_ == sessions_;
    });
    if (purpose_ == purpose::fetch) {
      await_word("ready");
      held_ = 0;
      for_each([this](client_session& session) {
        session.fetch(octets_ / message_octets_ / sessions_);
      });
      turn_until([this] { return held_ == sessions_; });
    }
    if (purpose_ != purpose::login) {
      await_word(purpose_ == purpose::hold ? "ready" : "fetched");
      for_each([](client_session& session) { session.leave(); });
      turn_until([this] { return ended_ == sessions_; });
    }
    std::cout << R"({"sessions":)" << ended_ << R"(,"octets":)" << octets_fetched_
              << R"(,"tickets":)" << tickets_ << R"(,"suite":")" << suite_ << R"("})"
              << std::endl;
  }

private:
  static constexpr std::chrono::milliseconds patience{30'000};

  void begin_one() {
    std::ostringstream login;
    login << "user" << std::setw(5) << std::setfill('0') << begun_ % accounts_ << '@'
          << domain_;
    tls_handle tls{SSL_new(context_.get())};
    // What SSL_set_tlsext_host_name stands for, less its C cast.
    SSL_set_connect_state(tls.get());
    if (SSL_ctrl(tls.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 name_.data())
            != 1
        || SSL_set1_host(tls.get(), name_.c_str()) != 1)
      fail_tls("SNI");
    auto session = std::make_unique<client_session>(
        stream{connect_to_loopback(port_), std::move(tls)}, purpose_, login.str(),
        message_octets_, octets_checked_);
    client_session& begun = *session;
    poller_.add(begun.connection().number(), &begun, EPOLLOUT);
    open_.emplace(&begun, std::move(session));
    ++begun_;
  }

  /// Serves events, and begins sessions while there are some to begin, until `done` holds.
  template <class Done> void turn_until(Done done) {
    while (!done()) {
      while (begun_ < sessions_ && open_.size() - held_ < concurrent_)
        begin_one();
      const auto events = poller_.wait(patience);
      if (events.empty())
        throw std::runtime_error{"nothing happened for 30 s"};
      for (const epoll_event& event : events) {
        if (event.data.ptr == nullptr)
          throw std::runtime_error{"a word on standard input out of turn"};
        serve(*static_cast<client_session*>(event.data.ptr));
      }
    }
  }

  /// Waits for a line on standard input; a session that moves meanwhile is served, and fails
  /// if it has been closed.
  void await_word(const char* when) {
    std::cout << when << std::endl;
    for (;;) {
      for (const epoll_event& event : poller_.wait(std::chrono::milliseconds{-1})) {
        if (event.data.ptr != nullptr) {
          serve(*static_cast<client_session*>(event.data.ptr));
          continue;
        }
        std::array<char, 64> word{};
        if (::read(STDIN_FILENO, word.data(), word.size()) <= 0)
          throw std::runtime_error{"standard input ended early"};
        return;
      }
    }
  }

  template <class Do> void for_each(Do act) {
    std::vector<client_session*> all;
    all.reserve(open_.size());
    for (const auto& [session, owner] : open_)
      all.push_back(session);
    for (client_session* session : all) {
      act(*session);
      serve(*session);
    }
  }

  void serve(client_session& session) {
    const stage before = session.now();
    const io_status status = session.advance(scratch_);
    if (before == stage::handshake && session.now() != stage::handshake)
      suite_ = SSL_get_cipher_name(session.connection().tls());
    if (before != stage::held && session.now() == stage::held)
      ++held_;
    if (status == io_status::closed) {
      octets_fetched_ += session.octets_fetched();
      ++ended_;
      open_.erase(&session);
      return;
    }
    poller_.change(session.connection().number(), &session,
                   status == io_status::want_write ? EPOLLOUT : EPOLLIN);
  }

  purpose purpose_;
  std::uint16_t port_;
  std::string name_;
  std::string domain_;
  std::uint64_t accounts_;
  std::uint64_t sessions_;
  std::uint64_t concurrent_;
  std::uint64_t message_octets_;
  std::uint64_t octets_;
  std::size_t tickets_ = 0;
  tls_context context_;
  poller poller_;
  literal_octets octets_checked_;
  std::vector<char> scratch_ = std::vector<char>(std::size_t{256} * 1024);
  std::unordered_map<client_session*, std::unique_ptr<client_session>> open_;
  std::uint64_t begun_ = 0;
  std::uint64_t held_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t octets_fetched_ = 0;
  std::string suite_;
};

} // namespace
} // namespace stellwerk::benchmarks

int main(int count, char** values) {
  try {
    std::signal(SIGPIPE, SIG_IGN);
    stellwerk::benchmarks::raise_descriptor_limit();
    stellwerk::benchmarks::mail_load{stellwerk::benchmarks::arguments{count, values}}.run();
    return 0;
  } catch (const std::exception& fault) {
    std::cerr << "mail_load: " << fault.what() << '\n';
    return 70;
  }
}
