#pragma once

#include "actors/access_session.hpp"
#include "protocol/sasl/credentials.hpp"

#include <string>

namespace stellwerk {

/// One IMAP client: the dialogue before login is ours, the login is replayed to the backend
/// that the route says, then octets flow both ways until the end or a safe point that was asked
/// for.
class imap_session final : public access_session {
public:
  using access_session::access_session;

private:
  struct life; // What lives in the coroutine's frame.

  io::task<void> converse() override;
  mail_protocol protocol() const override { return mail_protocol::imap; }
  std::string words_when_late() const override {
    return "* BYE You were silent for too long.\r\n";
  }

  std::string last_words(std::string_view why) const override;

  io::task<bool> attend_login(life& here, const sasl::credentials& who);
};

} // namespace stellwerk
