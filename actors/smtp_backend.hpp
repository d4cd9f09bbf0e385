#pragma once

#include "actors/login_backend.hpp"
#include "protocol/smtp/backend_dialogue.hpp"

#include <optional>
#include <string>

namespace stellwerk {

/// A connection to the smtp or submission service of a backend. All waits have a budget;
/// whatever goes wrong with the connection ends it, and is temporary for the client.
class smtp_backend final : public login_backend {
public:
  /// How the client introduced itself, for XCLIENT.
  struct introduction {
    std::string helo;
    bool esmtp = true;
  };
  smtp_backend(io::coroutine_actor& owner, environment_ptr surroundings, introduction client)
      : owner_{owner}, surroundings_{std::move(surroundings)}, client_{std::move(client)},
        connection_{owner, surroundings_} {}

  /// A submission service must take logins.
  io::task<std::string> open(world_ptr now, backend_call call) override;
  io::task<login_outcome> log_in(const sasl::credentials& who) override;

  /// A reply, or nothing: the connection is lost, `problem` says why.
  using answer = std::optional<smtp::reply>;

  /// Opens a transaction; a former one that is still open is reset first. What was promised to
  /// the client and is missing here is answered with 451.
  io::task<answer> mail(const smtp::mail_command& command);
  io::task<answer> rcpt(const smtp::rcpt_command& command);
  io::task<answer> data();
  /// Content that goes through the dot stuffer already. False: the connection is lost.
  io::task<bool> send_content(std::string_view wire);
  /// The content that was begun will never end: the connection is closed, so that the backend
  /// throws it away.
  void abandon_content();
  /// The reply to the content, which may take 10 minutes (RFC 5321 section 4.5.3.2.6).
  io::task<answer> content_reply();

  /// Has a MAIL been accepted whose transaction is not over?
  [[nodiscard]] bool in_transaction() const { return in_transaction_; }
  /// Is it still there, as far as can be seen? What it said unasked (421) ends it.
  [[nodiscard]] io::task<bool> is_alive();
  /// The same, and a transaction that is still open is reset: MAIL is the next to be sent.
  [[nodiscard]] io::task<bool> is_ready();
  [[nodiscard]] service_facts shown() const override;
  [[nodiscard]] backend_connection& connection() override { return connection_; }
  [[nodiscard]] const std::string& problem() const override { return problem_; }
  void part() override;

private:
  io::task<smtp::backend_step> next_step(io::clock::time_point until);
  io::task<answer> reply_within(std::chrono::milliseconds budget);
  io::task<answer> ask(std::string line, std::chrono::milliseconds budget);
  io::task<answer> ask(smtp::envelope_line line);
  io::task<answer> reset();
  [[nodiscard]] std::chrono::milliseconds at_most(std::chrono::milliseconds budget) const;
  void lose(std::string why);

  io::coroutine_actor& owner_;
  environment_ptr surroundings_;
  introduction client_;
  backend_connection connection_;
  std::optional<smtp::backend_dialogue> dialogue_;
  bool in_transaction_ = false;
  bool in_content_ = false; // Nothing but content may be sent.
  std::string problem_;
};

} // namespace stellwerk
