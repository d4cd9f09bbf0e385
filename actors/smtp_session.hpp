#pragma once

#include "actors/session.hpp"
#include "actors/smtp_transaction.hpp"
#include "protocol/smtp/server_dialogue.hpp"

#include <optional>
#include <string>

namespace stellwerk {

/// One SMTP client, on a submission listener or on port 25: leads its dialogue, its login, and
/// one transaction after the other.
class smtp_session final : public session {
public:
  using session::session;

private:
  struct life; // What lives in the coroutine's frame.

  io::task<void> converse() override;
  mail_protocol protocol() const override { return listener().protocol; }
  std::string words_when_late() const override {
    return smtp::make_reply(421, "4.4.2", "You were silent for too long").to_string();
  }

  [[nodiscard]] std::optional<smtp::features> promised_features() const;
  [[nodiscard]] smtp::server_settings dialogue_settings() const;
  [[nodiscard]] bool is_submission() const {
    return listener().protocol == mail_protocol::submission;
  }
  [[nodiscard]] io::clock::time_point patience_with(const life& here) const;
  io::task<bool> attend(life& here, smtp::server_event& event);
  io::task<void> attend_login(life& here, const sasl::credentials& who);
  io::task<smtp::reply> attend_mail(life& here, smtp::mail_command& command);
  io::task<void> attend_data(life& here);
  io::task<bool> attend_chunk(life& here, const smtp::event::chunk& chunk);
};

} // namespace stellwerk
