#pragma once

#include "tests/actors/interleavings/client.hpp"

#include <deque>
#include <span>
#include <vector>

namespace stellwerk::test {

/// Hands in mail: with a login, or as a server that delivers. Some wait for each reply, some
/// send the whole envelope at once.
class smtp_client final : public client {
public:
  enum class role { submits, delivers };

  smtp_client(const client_tls* tls, watch& seen, std::string home, role as,
              std::span<const std::string> domains)
      : client{tls, seen, std::move(home)}, role_{as}, domains_{domains} {}

  [[nodiscard]] std::string asks_for() const override;
  void act(chance& choices, bool leaving) override;

private:
  enum class verb { ehlo, auth, mail, rcpt, data, content, last_chunk, rset, quit };
  struct command {
    verb what;
    std::string text;
    std::string domain{}; ///< Of a recipient.
  };
  struct recipient {
    std::string domain;
    side where;
  };

  void on_line(const std::string& line) override;
  void on_reply(const command& to, int code);
  [[nodiscard]] bool awaits_login() const override {
    return !awaited_.empty() && awaited_.front().what == verb::auth;
  }
  void plan_mail(chance& choices);
  void send(command next);
  void end_transaction(bool must_reset);

  role role_;
  std::span<const std::string> domains_;
  std::deque<command> planned_;
  std::deque<command> awaited_; ///< Replies to these.
  std::vector<recipient> accepted_;
  std::size_t tries_ = 0;
  std::size_t messages_ = 0;
  bool at_once_ = false;
  bool authenticated_ = false;
};

} // namespace stellwerk::test
