#pragma once

#include "benchmarks/literal_check.hpp"
#include "benchmarks/output_queue.hpp"

#include <string>
#include <utility>

namespace stellwerk::benchmarks {

/// How a client's connection is made safe.
enum class security {
  implicit, ///< TLS from the first octet.
  starttls, ///< After STARTTLS.
  none,     ///< Never; only where mail is delivered.
};

/// What all sessions of one load have in common; outlives them.
struct client_task {
  security safety = security::implicit;
  bool resumed = false; ///< Each handshake has to resume a session, or else none may.
  std::uint64_t message_octets = 1;
  literal_octets octets;
};

/// One client of the load. Anything but the one expected course throws: a session that did not
/// do all of its work cannot be counted.
class client_session {
public:
  /// A `tls` is there unless the task wants none.
  client_session(descriptor socket, tls_handle tls, const client_task& task, std::string login)
      : task_{task}, login_{std::move(login)}, literal_{task.octets},
        stream_{std::move(socket), nullptr}, tls_{std::move(tls)} {
    if (task_.safety == security::implicit)
      start_tls();
  }
  client_session(const client_session&) = delete;
  client_session& operator=(const client_session&) = delete;
  virtual ~client_session() = default;

  [[nodiscard]] stream& connection() { return stream_; }

  /// Logged in, and waiting to be told what to do next.
  [[nodiscard]] virtual bool held() const = 0;

  /// Only when held: logs out. Call `advance` after it.
  virtual void leave() = 0;

  /// Goes on as far as the socket allows and says what to wait for; `closed`: all is done.
  io_status advance(std::span<char> scratch) {
    for (;;) {
      if (shaking_) {
        if (const io_status status = stream_.handshake().status; status != io_status::progress)
          return status;
        check_handshake();
        shaking_ = false;
        on_tls();
      }
      if (const io_status status = output_.flush(stream_, task_.octets);
          status != io_status::progress)
        return status;
      const io_result got = stream_.read(scratch);
      if (got.status == io_status::closed)
        return on_end();
      if (got.status != io_status::progress)
        return got.status;
      take({scratch.data(), got.octets});
    }
  }

protected:
  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error{what + " (" + login_ + " at " + where() + ")"};
  }

  /// Only with nothing to send: the next octets are a handshake's.
  void start_tls() {
    stream_.secure(std::move(tls_));
    shaking_ = true;
  }

  void send(std::string text, std::uint64_t literal = 0) {
    output_.add(std::move(text), literal);
  }

  /// The next octets are no line but a message.
  void expect_message() { literal_.begin(task_.message_octets); }

  virtual void on_line(const std::string& line) = 0;
  virtual void on_tls() {}
  [[nodiscard]] virtual bool may_end() const = 0;
  [[nodiscard]] virtual std::string where() const = 0;

  const client_task& task_;
  const std::string login_;

private:
  void check_handshake() const {
    if (SSL_version(stream_.tls()) != TLS1_3_VERSION)
      refuse("not TLS 1.3");
    if ((SSL_session_reused(stream_.tls()) != 0) != task_.resumed)
      refuse(task_.resumed ? "a session that was not resumed" : "not a full handshake");
  }

  io_status on_end() {
    if (!may_end())
      refuse("the connection was closed");
    stream_.shut_down();
    return io_status::closed;
  }

  void take(std::string_view input) {
    while (!input.empty()) {
      if (shaking_)
        refuse("octets in clear behind STARTTLS");
      if (literal_.left() > 0) {
        literal_.take(input);
        continue;
      }
      const std::size_t end = input.find('\n');
      line_ += input.substr(0, end);
      if (line_.size() > 8192)
        refuse("a line without end");
      if (end == std::string_view::npos)
        return;
      input.remove_prefix(end + 1);
      if (line_.ends_with('\r'))
        line_.pop_back();
      on_line(std::exchange(line_, {}));
    }
  }

  literal_check literal_;
  stream stream_;
  tls_handle tls_; ///< Until TLS begins.
  bool shaking_ = false;
  output_queue output_;
  std::string line_;
};

} // namespace stellwerk::benchmarks
