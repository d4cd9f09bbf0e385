// A load of mail clients over TLS 1.3, every octet checked.
//
//   mail_load --mode login|idle|fetch|append|noop|deliver|submit --port N --ca FILE --name HOST
//             --domain D --accounts N --sessions N [--concurrent N] [--resume 0|1]
//             [--security implicit|starttls|none] [--message-octets N] [--octets TOTAL]
//             [--noops N --rate PER_SECOND]
//
// login    each session logs in and out; at most `concurrent` at a time. With `--resume 1`
//          `concurrent` sessions with full handshakes come first; prints "primed"; after a line
//          on standard input the sessions follow, and each has to resume.
// deliver  (SMTP without login), submit: as login, and each session hands in one message.
// idle     prints "loaded"; after a line all sessions log in and enter IDLE; prints "ready";
//          after a line each leaves IDLE and logs out.
// fetch    all sessions log in; prints "ready"; after a line they fetch `octets` in all; prints
//          "done"; after a line they log out. append: the same the other way round.
// noop     as fetch, with `noops` NOOPs at a steady `rate`, the sessions taking turns.
//
// The last line is JSON: what was done. Any session that strays from this course ends the
// program with a message and exit code 70, without that line. Logins are user00000@D and on.

#include "benchmarks/arguments.hpp"
#include "benchmarks/imap_client.hpp"
#include "benchmarks/poller.hpp"
#include "benchmarks/smtp_client.hpp"
#include "benchmarks/ticker.hpp"

#include <csignal>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <unordered_map>
#include <vector>

namespace stellwerk::benchmarks {
namespace {

enum class mode { login, idle, fetch, append, noop, deliver, submit };

template <class Enum, std::size_t N>
Enum choice(const std::string& word, const std::array<const char*, N>& names) {
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end())
    throw std::invalid_argument{"unknown: " + word};
  return static_cast<Enum>(found - names.begin());
}

class mail_load {
public:
  explicit mail_load(const arguments& given)
      : mode_{choice<mode>(given.text("mode"), std::array{"login", "idle", "fetch", "append",
                                                          "noop", "deliver", "submit"})},
        port_{static_cast<std::uint16_t>(given.number("port"))}, name_{given.text("name")},
        domain_{given.text("domain")}, accounts_{given.number("accounts")},
        sessions_{given.number("sessions")}, concurrent_{given.number("concurrent", 16)},
        resume_{given.number("resume", 0) != 0}, noops_{given.number("noops", 1)},
        rate_{given.number("rate", 1000)}, context_{make_client_context(given.text("ca"),
                                                                        tickets_)} {
    task_.safety = choice<security>(given.text("security", "implicit"),
                                    std::array{"implicit", "starttls", "none"});
    task_.message_octets = given.number("message-octets", 1);
    octets_ = given.number("octets", task_.message_octets * sessions_);
    if (sessions_ == 0 || accounts_ == 0 || concurrent_ == 0 || task_.message_octets == 0
        || rate_ == 0 || octets_ % (task_.message_octets * sessions_) != 0)
      throw std::invalid_argument{
          "numbers are at least 1, and octets a multiple of sessions * message-octets"};
    if (!is_brief() || resume_)
      poller_.add(STDIN_FILENO, nullptr, EPOLLIN);
  }

  void run() {
    if (mode_ == mode::idle)
      await_word("loaded"); // so that the libraries we share with the proxy count the same
    if (resume_)
      prime();
    if (is_brief())
      begin_all([this] { return ended_ == sessions_; });
    else
      stay();
    std::cout << R"({"sessions":)" << ended_ << R"(,"tickets":)" << tickets_.seen
              << R"(,"suite":")" << suite_ << R"(","noops":)" << answers_.count()
              << R"(,"p50_us":)" << answers_.microseconds_at(0.5) << R"(,"p99_us":)"
              << answers_.microseconds_at(0.99) << '}' << std::endl;
  }

private:
  static constexpr std::chrono::milliseconds patience{30'000};

  /// Sessions end by themselves.
  [[nodiscard]] bool is_brief() const {
    return mode_ == mode::login || mode_ == mode::deliver || mode_ == mode::submit;
  }

  void prime() {
    tickets_.keeps = true;
    const std::uint64_t wanted = std::exchange(sessions_, concurrent_);
    begin_all([this] { return ended_ == sessions_; });
    await_word("primed");
    sessions_ = wanted;
    begun_ = ended_ = 0;
    tickets_.seen = 0;
    task_.resumed = true;
  }

  void stay() {
    begin_all([this] { return held_ == sessions_; });
    await_word("ready");
    if (mode_ == mode::noop)
      ask();
    else if (mode_ != mode::idle)
      transfer();
    if (mode_ != mode::idle)
      await_word("done");
    for_each([](client_session& session) { session.leave(); });
    turn_until([this] { return ended_ == sessions_; });
  }

  void transfer() {
    const std::uint64_t each = octets_ / task_.message_octets / sessions_;
    for_each([this, each](imap_client& session) {
      if (mode_ == mode::fetch)
        session.fetch(each);
      else
        session.append(each);
    });
    turn_until([this] { return held_ == sessions_; });
  }

  void ask() {
    const std::vector<client_session*> all = everybody();
    const std::chrono::nanoseconds pace{1'000'000'000 / rate_};
    ticker ticks{pace};
    poller_.add(ticks.number(), &ticks, EPOLLIN);
    const latencies::clock::time_point start = latencies::clock::now();
    std::uint64_t asked = 0;
    while (answers_.count() < noops_) {
      for (const epoll_event& event : await_events()) {
        if (event.data.ptr != &ticks) {
          serve(*static_cast<client_session*>(event.data.ptr));
          continue;
        }
        ticks.take();
        for (; asked < noops_; ++asked) {
          const latencies::clock::time_point due = start + asked * pace;
          if (due > latencies::clock::now())
            break;
          auto& session = static_cast<imap_client&>(*all[asked % all.size()]);
          session.noop(due);
          serve(session);
        }
      }
    }
  }

  [[nodiscard]] tls_handle make_tls() {
    tls_handle tls{SSL_new(context_.get())};
    // What SSL_set_tlsext_host_name stands for, less its C cast.
    SSL_set_connect_state(tls.get());
    if (SSL_ctrl(tls.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 name_.data())
            != 1
        || SSL_set1_host(tls.get(), name_.c_str()) != 1)
      fail_tls("SNI");
    if (task_.resumed) {
      if (tickets_.kept.empty())
        throw std::runtime_error{"no ticket is left to resume with"};
      if (SSL_set_session(tls.get(), tickets_.kept.back().get()) != 1)
        fail_tls("resumption");
      tickets_.kept.pop_back();
    }
    return tls;
  }

  std::unique_ptr<client_session> make_session() {
    std::ostringstream login;
    login << "user" << std::setw(5) << std::setfill('0') << begun_ % accounts_ << '@'
          << domain_;
    tls_handle tls = task_.safety == security::none ? nullptr : make_tls();
    if (mode_ == mode::deliver || mode_ == mode::submit)
      return std::make_unique<smtp_client>(connect_to_loopback(port_), std::move(tls), task_,
                                           login.str(), mode_ == mode::submit);
    const imap_purpose why = mode_ == mode::login  ? imap_purpose::login
                             : mode_ == mode::idle ? imap_purpose::idle
                                                   : imap_purpose::work;
    return std::make_unique<imap_client>(connect_to_loopback(port_), std::move(tls), task_,
                                         login.str(), why, answers_);
  }

  void begin_one() {
    std::unique_ptr<client_session> session = make_session();
    client_session& begun = *session;
    poller_.add(begun.connection().number(), &begun, EPOLLOUT);
    open_.emplace(&begun, std::move(session));
    ++begun_;
  }

  template <class Done> void begin_all(Done done) {
    while (!done()) {
      while (begun_ < sessions_ && open_.size() - held_ < concurrent_)
        begin_one();
      serve_some();
    }
  }

  template <class Done> void turn_until(Done done) {
    while (!done())
      serve_some();
  }

  [[nodiscard]] std::span<const epoll_event> await_events() {
    const auto events = poller_.wait(patience);
    if (events.empty())
      throw std::runtime_error{"nothing happened for 30 s"};
    return events;
  }

  void serve_some() {
    for (const epoll_event& event : await_events()) {
      if (event.data.ptr == nullptr)
        throw std::runtime_error{"a word on standard input out of turn"};
      serve(*static_cast<client_session*>(event.data.ptr));
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

  [[nodiscard]] std::vector<client_session*> everybody() const {
    std::vector<client_session*> all;
    all.reserve(open_.size());
    for (const auto& [session, owner] : open_)
      all.push_back(session);
    return all;
  }

  /// Only while all sessions are IMAP.
  template <class Do> void for_each(Do act) {
    for (client_session* session : everybody()) {
      const bool before = session->held();
      act(static_cast<imap_client&>(*session));
      note(before, session->held());
      serve(*session);
    }
  }

  void note(bool was_held, bool is_held) {
    if (was_held && !is_held)
      --held_;
    if (!was_held && is_held)
      ++held_;
  }

  void serve(client_session& session) {
    const bool before = session.held();
    const io_status status = session.advance(scratch_);
    note(before, session.held());
    if (status == io_status::closed) {
      if (session.connection().tls() != nullptr)
        suite_ = SSL_get_cipher_name(session.connection().tls());
      ++ended_;
      open_.erase(&session);
      return;
    }
    poller_.change(session.connection().number(), &session,
                   status == io_status::want_write ? EPOLLOUT : EPOLLIN);
  }

  mode mode_;
  std::uint16_t port_;
  std::string name_;
  std::string domain_;
  std::uint64_t accounts_;
  std::uint64_t sessions_;
  std::uint64_t concurrent_;
  bool resume_;
  std::uint64_t noops_;
  std::uint64_t rate_;
  std::uint64_t octets_ = 0;
  client_task task_;
  ticket_box tickets_;
  tls_context context_;
  poller poller_;
  latencies answers_;
  std::vector<char> scratch_ = std::vector<char>(std::size_t{256} * 1024);
  std::unordered_map<client_session*, std::unique_ptr<client_session>> open_;
  std::uint64_t begun_ = 0;
  std::uint64_t held_ = 0;
  std::uint64_t ended_ = 0;
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
