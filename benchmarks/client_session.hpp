#pragma once

#include "benchmarks/literal.hpp"
#include "benchmarks/stream.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace stellwerk::benchmarks {

/// What a session does once it is logged in.
enum class purpose {
  login, ///< Logs out at once.
  hold,  ///< Sits in IDLE until told to leave.
  fetch, ///< Waits to be told how much to fetch, then to be told to leave.
};

enum class stage {
  handshake,
  greeting,
  login,
  idle_begin,
  held,
  fetch,
  idle_end,
  logout,
  end,
  closed
};

/// One IMAPS client. Anything but the one expected course throws: a session that did not do
/// all of its work cannot be counted.
class client_session {
public:
  /// `octets` outlives the session. `message_octets` is the length of each message fetched.
  client_session(stream connection, purpose why, std::string login,
                 std::uint64_t message_octets, const literal_octets& octets)
      : stream_{std::move(connection)}, purpose_{why}, login_{std::move(login)},
        message_octets_{message_octets}, octets_{octets} {}

  [[nodiscard]] stream& connection() { return stream_; }
  [[nodiscard]] stage now() const { return stage_; }
  [[nodiscard]] std::uint64_t octets_fetched() const { return octets_fetched_; }

  /// Only when held: fetches that many messages, then is held again. Call `advance` after it.
  void fetch(std::uint64_t messages) {
    messages_left_ = messages;
    next_message();
  }

  /// Only when held: logs out. Call `advance` after it.
  void leave() {
    if (purpose_ == purpose::hold) {
      output_ += "DONE\r\n";
      stage_ = stage::idle_end;
    } else {
      log_out();
    }
  }

  /// Goes on as far as the socket allows and says what to wait for; `closed`: all is done.
  io_status advance(std::span<char> scratch) {
    if (stage_ == stage::handshake) {
      if (const io_status status = stream_.handshake().status; status != io_status::progress)
        return status;
      check_handshake();
      stage_ = stage::greeting;
    }
    for (;;) {
      while (!output_.empty()) {
        const io_result put = stream_.write(output_);
        if (put.status != io_status::progress)
          return put.status;
        output_.erase(0, put.octets);
      }
      const io_result got = stream_.read(scratch);
      if (got.status == io_status::closed)
        return on_end();
      if (got.status != io_status::progress)
        return got.status;
      take({scratch.data(), got.octets});
    }
  }

private:
  [[noreturn]] void refuse(const std::string& what) const {
    constexpr std::array names{"handshake", "greeting", "login",  "idle begin", "held",
                               "fetch",     "idle end", "logout", "end",        "closed"};
    throw std::runtime_error{what + " (" + login_ + " at "
                             + names.at(static_cast<std::size_t>(stage_)) + ")"};
  }

  void check_handshake() const {
    if (SSL_version(stream_.tls()) != TLS1_3_VERSION || SSL_session_reused(stream_.tls()) != 0)
      refuse("not a full TLS 1.3 handshake");
  }

  io_status on_end() {
    if (stage_ != stage::end)
      refuse("the connection was closed");
    stream_.shut_down();
    stage_ = stage::closed;
    return io_status::closed;
  }

  void take(std::string_view input) {
    while (!input.empty()) {
      if (literal_left_ > 0) {
        const std::string_view expected
            = octets_.at(message_octets_ - literal_left_,
                         std::min<std::uint64_t>(literal_left_, input.size()));
        if (input.substr(0, expected.size()) != expected)
          refuse("a message arrived with other octets than it was sent with");
        input.remove_prefix(expected.size());
        literal_left_ -= expected.size();
        octets_fetched_ += expected.size();
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

  void on_line(const std::string& line) {
    if (line.starts_with("* BYE")) {
      if (stage_ != stage::logout)
        refuse("the server said " + line);
    } else if (stage_ == stage::greeting) {
      if (!line.starts_with("* OK"))
        refuse("the greeting was " + line);
      say("LOGIN \"" + login_ + "\" \"secret\"", stage::login);
    } else if (line.starts_with("* ")) {
      if (stage_ == stage::fetch && line.ends_with('}'))
        begin_literal(line);
    } else if (line.starts_with("+ ") && stage_ == stage::idle_begin) {
      stage_ = stage::held;
    } else if (line.starts_with(tag_ + " OK") && !tag_.empty()) {
      tag_.clear();
      on_done();
    } else if (stage_ != stage::fetch || line != ")") {
      refuse("the server said " + line);
    }
  }

  void begin_literal(const std::string& line) {
    if (line != "* 1 FETCH (BODY[]<0> {" + std::to_string(message_octets_) + "}")
      refuse("the server said " + line);
    literal_left_ = message_octets_;
    ++messages_seen_;
  }

  void on_done() {
    switch (stage_) {
      case stage::login:
        if (purpose_ == purpose::login)
          log_out();
        else if (purpose_ == purpose::hold)
          say("IDLE", stage::idle_begin);
        else
          stage_ = stage::held;
        return;
      case stage::fetch:
        if (messages_seen_ != 1)
          refuse("a FETCH brought no message");
        --messages_left_;
        next_message();
        return;
      case stage::idle_end:
        log_out();
        return;
      case stage::logout:
        stage_ = stage::end;
        return;
      default:
        refuse("a tagged OK out of turn");
    }
  }

  void next_message() {
    messages_seen_ = 0;
    if (messages_left_ == 0)
      stage_ = stage::held;
    else
      say("FETCH 1 BODY.PEEK[]<0." + std::to_string(message_octets_) + ">", stage::fetch);
  }

  void log_out() { say("LOGOUT", stage::logout); }

  void say(const std::string& command, stage next) {
    tag_ = "a" + std::to_string(++commands_);
    output_ += tag_ + " " + command + "\r\n";
    stage_ = next;
  }

  stream stream_;
  purpose purpose_;
  std::string login_;
  std::uint64_t message_octets_;
  const literal_octets& octets_;
  stage stage_ = stage::handshake;
  std::string output_;
  std::string line_;
  std::string tag_;
  std::uint64_t commands_ = 0;
  std::uint64_t messages_left_ = 0;
  std::uint64_t messages_seen_ = 0;
  std::uint64_t literal_left_ = 0;
  std::uint64_t octets_fetched_ = 0;
};

} // namespace stellwerk::benchmarks
