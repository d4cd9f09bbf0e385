#pragma once

#include "tests/actors/interleavings/chance.hpp"
#include "tests/actors/interleavings/client.hpp"

#include "actors/io/file_descriptor.hpp"
#include "config/schema.hpp"

#include <deque>
#include <memory>
#include <string>

namespace stellwerk::test {

/// A mail server's end of one connection: notes at once what comes, answers when it is told to.
class backend_peer {
public:
  /// `served`: the client for whom the proxy has connected.
  backend_peer(io::file_descriptor socket, side where, std::shared_ptr<client> served,
               watch& seen)
      : socket_{std::move(socket)}, where_{where}, served_{std::move(served)}, watch_{seen} {}
  backend_peer(const backend_peer&) = delete;
  backend_peer& operator=(const backend_peer&) = delete;
  virtual ~backend_peer() = default;

  /// Notes what has come since.
  void hear();
  /// Gives the answer that is due next, if any is; rarely, hangs up instead.
  void answer(chance& choices);

  [[nodiscard]] bool is_closed() const { return !socket_.is_open(); }
  [[nodiscard]] bool owes_answer() const { return !is_closed() && !owed_.empty(); }
  /// Is something of that domain under way here, that the epoch in force does not allow?
  [[nodiscard]] virtual bool trespasses(const std::string& domain) const = 0;
  [[nodiscard]] side where() const { return where_; }

protected:
  /// Takes off `heard` what is whole.
  virtual void take(std::string& heard) = 0;
  [[nodiscard]] virtual std::string answer_to(const std::string& asked, chance& choices) = 0;

  /// `command` is to be answered, behind those before it.
  void owe(std::string command) { owed_.push_back(std::move(command)); }
  /// Once the answer that is due is given.
  void hang_up() { hanging_up_ = true; }
  [[nodiscard]] client& served() const { return *served_; }
  [[nodiscard]] watch& seen() const { return watch_; }

private:
  void close();

  io::file_descriptor socket_;
  side where_;
  std::shared_ptr<client> served_;
  watch& watch_;
  std::string heard_;
  std::deque<std::string> owed_{"greeting"};
  bool hanging_up_ = false;
};

/// A line without its CRLF off the front of `heard`; nothing if none is whole.
[[nodiscard]] std::optional<std::string> take_line(std::string& heard);

} // namespace stellwerk::test
