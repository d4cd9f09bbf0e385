#pragma once

#include "benchmarks/client_session.hpp"
#include "benchmarks/latencies.hpp"

#include <array>
#include <deque>

namespace stellwerk::benchmarks {

/// What a session does once it is logged in.
enum class imap_purpose {
  login, ///< Logs out at once.
  idle,  ///< Sits in IDLE until told to leave.
  work,  ///< Waits to be told what to do, then to be told to leave.
};

/// An IMAP client.
class imap_client final : public client_session {
public:
  imap_client(descriptor socket, tls_handle tls, const client_task& task, std::string login,
              imap_purpose why, latencies& answers)
      : client_session{std::move(socket), std::move(tls), task, std::move(login)},
        purpose_{why}, answers_{answers} {}

  [[nodiscard]] bool held() const override { return stage_ == stage::held; }

  /// Only when held: fetches that many messages, then is held again. Call `advance` after it.
  void fetch(std::uint64_t messages) {
    messages_left_ = messages;
    next_fetch();
  }

  /// As `fetch`, the other way round.
  void append(std::uint64_t messages) {
    messages_left_ = messages;
    next_append();
  }

  /// Only when held, and it stays so: asks and notes how long the answer took since `due`.
  void noop(latencies::clock::time_point due) {
    noops_.push_back(due);
    send("n NOOP\r\n");
  }

  void leave() override {
    if (purpose_ == imap_purpose::idle) {
      send("DONE\r\n");
      stage_ = stage::idle_end;
    } else {
      say("LOGOUT", stage::logout);
    }
  }

private:
  enum class stage {
    greeting,
    login,
    idle_begin,
    held,
    fetch,
    go_on,
    append,
    idle_end,
    logout,
    end
  };

  [[nodiscard]] std::string where() const override {
    constexpr std::array names{"greeting", "login",  "idle begin", "held",   "fetch",
                               "go on",    "append", "idle end",   "logout", "end"};
    return names.at(static_cast<std::size_t>(stage_));
  }

  [[nodiscard]] bool may_end() const override { return stage_ == stage::end; }

  void on_line(const std::string& line) override {
    if (line.starts_with("* BYE")) {
      if (stage_ != stage::logout)
        refuse("the server said " + line);
    } else if (stage_ == stage::greeting) {
      if (!line.starts_with("* OK"))
        refuse("the greeting was " + line);
      say("LOGIN \"" + login_ + "\" \"secret\"", stage::login);
    } else if (line.starts_with("* ")) {
      if (stage_ == stage::fetch && line.ends_with('}'))
        begin_message(line);
    } else if (line.starts_with("+ ") && stage_ == stage::idle_begin) {
      stage_ = stage::held;
    } else if (line.starts_with("+ ") && stage_ == stage::go_on) {
      send({}, task_.message_octets);
      send("\r\n");
      stage_ = stage::append;
    } else if (stage_ == stage::held && !noops_.empty() && line.starts_with("n OK")) {
      answers_.add(noops_.front());
      noops_.pop_front();
    } else if (line.starts_with(tag_ + " OK") && !tag_.empty()) {
      tag_.clear();
      on_done();
    } else if (stage_ != stage::fetch || line != ")") {
      refuse("the server said " + line);
    }
  }

  void begin_message(const std::string& line) {
    if (line != "* 1 FETCH (BODY[]<0> {" + std::to_string(task_.message_octets) + "}")
      refuse("the server said " + line);
    expect_message();
    ++messages_seen_;
  }

  void on_done() {
    switch (stage_) {
      case stage::login:
        if (purpose_ == imap_purpose::login)
          say("LOGOUT", stage::logout);
        else if (purpose_ == imap_purpose::idle)
          say("IDLE", stage::idle_begin);
        else
          stage_ = stage::held;
        return;
      case stage::fetch:
        if (messages_seen_ != 1)
          refuse("a FETCH brought no message");
        --messages_left_;
        next_fetch();
        return;
      case stage::append:
        --messages_left_;
        next_append();
        return;
      case stage::idle_end:
        say("LOGOUT", stage::logout);
        return;
      case stage::logout:
        stage_ = stage::end;
        return;
      default:
        refuse("a tagged OK out of turn");
    }
  }

  void next_fetch() {
    messages_seen_ = 0;
    if (messages_left_ == 0)
      stage_ = stage::held;
    else
      say("FETCH 1 BODY.PEEK[]<0." + std::to_string(task_.message_octets) + ">", stage::fetch);
  }

  void next_append() {
    if (messages_left_ == 0)
      stage_ = stage::held;
    else
      say("APPEND INBOX {" + std::to_string(task_.message_octets) + "}", stage::go_on);
  }

  void say(const std::string& command, stage next) {
    tag_ = "a" + std::to_string(++commands_);
    send(tag_ + " " + command + "\r\n");
    stage_ = next;
  }

  imap_purpose purpose_;
  latencies& answers_;
  stage stage_ = stage::greeting;
  std::string tag_;
  std::uint64_t commands_ = 0;
  std::uint64_t messages_left_ = 0;
  std::uint64_t messages_seen_ = 0;
  std::deque<latencies::clock::time_point> noops_;
};

} // namespace stellwerk::benchmarks
