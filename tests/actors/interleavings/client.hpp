#pragma once

#include "tests/actors/interleavings/chance.hpp"
#include "tests/actors/interleavings/client_wire.hpp"
#include "tests/actors/interleavings/watch.hpp"

#include <memory>
#include <string>

namespace stellwerk::test {

/// A mail program, or a server that delivers: says its next words when it is told to, hears at
/// once what it is told.
class client {
public:
  client(const client_tls* tls, watch& seen, std::string home)
      : wire_{tls}, watch_{seen}, home_{std::move(home)} {}
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  virtual ~client() = default;

  [[nodiscard]] client_wire& wire() { return wire_; }
  /// The domain of its login.
  [[nodiscard]] const std::string& home() const { return home_; }
  /// The domain of the recipient whose reply it awaits first.
  [[nodiscard]] virtual std::string asks_for() const { return {}; }

  /// The dialogue has come to where it may begin.
  [[nodiscard]] bool is_greeted() const { return greeted_; }
  [[nodiscard]] bool is_over() const { return over_; }

  /// Says its next words unless it waits for an answer; none that are new once it is `leaving`.
  virtual void act(chance& choices, bool leaving) = 0;

  void hear() {
    if (over_)
      return;
    heard_ += wire_.take();
    for (auto end = heard_.find("\r\n"); end != std::string::npos && !over_;
         end = heard_.find("\r\n")) {
      const auto line = heard_.substr(0, end);
      heard_.erase(0, end + 2);
      on_line(line);
    }
    if (!wire_.has_ended())
      return;
    if (!over_ && awaits_login())
      watch_.on_trespass("a login of " + home_ + " has no answer");
    leave();
  }

  /// Credentials of this client, or an envelope for the recipient it asks for, are there.
  void note_place(side where) { place_ = where; }

protected:
  virtual void on_line(const std::string& line) = 0;
  [[nodiscard]] virtual bool awaits_login() const = 0;
  void be_greeted() { greeted_ = true; }
  void leave() {
    over_ = true;
    wire_.close();
  }
  void say(const std::string& text) { wire_.write(text); }
  [[nodiscard]] watch& seen() const { return watch_; }
  /// Where the last credentials or envelope of this client were seen.
  [[nodiscard]] side place() const { return place_; }

private:
  client_wire wire_;
  watch& watch_;
  std::string home_;
  std::string heard_;
  side place_ = side::on_old;
  bool greeted_ = false;
  bool over_ = false;
};

} // namespace stellwerk::test
