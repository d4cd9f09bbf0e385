#pragma once

#include "actors/imap_backend.hpp"
#include "actors/pump.hpp"
#include "actors/session.hpp"
#include "config/route_decision.hpp"
#include "protocol/imap/server_dialogue.hpp"

#include <memory>
#include <optional>
#include <string>

namespace stellwerk {

/// One IMAP client: the dialogue before login is ours, the login is replayed to the backend
/// that the route says, then octets flow both ways until the end or a safe point that was asked
/// for.
class imap_session final : public session {
public:
  using session::session;

private:
  /// The words of a refused or put-off login, or the backend's yes.
  struct login_outcome {
    std::optional<imap::acceptance> accepted{};
    std::string code{};
    std::string text{};
    bool is_refusal = false; ///< Wrong credentials: told at the floor, not before.
  };
  struct life; // What lives in the coroutine's frame.

  io::task<void> converse() override;
  mail_protocol protocol() const override { return mail_protocol::imap; }
  std::string words_when_late() const override {
    return "* BYE You were silent for too long.\r\n";
  }

  io::task<bool> attend_login(life& here, const sasl::credentials& who);
  io::task<login_outcome> decide(life& here, const sasl::credentials& who);
  io::task<std::optional<login_outcome>> try_backend(life& here, const login_judgement& judged,
                                                     const sasl::credentials& who);
  io::task<void> relay(life& here);
};

} // namespace stellwerk
