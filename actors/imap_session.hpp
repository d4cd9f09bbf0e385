#pragma once

#include "actors/session.hpp"
#include "protocol/sasl/credentials.hpp"

#include <string>

namespace stellwerk {

/// One IMAP client: the dialogue before login is ours, the login is replayed to the backend
/// that the route says, then octets flow both ways until the end or a safe point that was asked
/// for.
class imap_session final : public session {
public:
  using session::session;

private:
  struct life; // What lives in the coroutine's frame.

  io::task<void> converse() override;
  mail_protocol protocol() const override { return mail_protocol::imap; }
  std::string words_when_late() const override {
    return "* BYE You were silent for too long.\r\n";
  }

  io::task<bool> attend_login(life& here, const sasl::credentials& who);
  io::task<void> relay(life& here);
};

} // namespace stellwerk
