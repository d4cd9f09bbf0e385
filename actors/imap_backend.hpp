#pragma once

#include "actors/backend_connection.hpp"
#include "protocol/imap/backend_dialogue.hpp"
#include "protocol/sasl/credentials.hpp"

#include <string>
#include <variant>

namespace stellwerk {

/// A connection to an IMAP backend, led up to its answer to a login.
class imap_backend {
public:
  imap_backend(io::coroutine_actor& owner, environment_ptr surroundings)
      : owner_{owner}, connection_{owner, std::move(surroundings)} {}

  /// Connects and prepares until the backend would take a login. Empty on success, else why
  /// not.
  io::task<std::string> open(world_ptr now, backend_call call);

  /// The backend's answer; `imap::unavailable` also stands for a lost or silent connection.
  using answer = std::variant<imap::acceptance, imap::refused, imap::unavailable>;
  io::task<answer> log_in(const sasl::credentials& who);

  /// Says LOGOUT without waiting for the answer, and closes.
  void part();

  [[nodiscard]] leg& wire() { return connection_.leg(); }
  [[nodiscard]] backend_connection& connection() { return connection_; }
  [[nodiscard]] const imap::capability_list& capabilities() const {
    return dialogue_->capabilities();
  }

private:
  using step = imap::backend_dialogue::step;

  io::task<step> next_step(io::clock::time_point until);

  io::coroutine_actor& owner_;
  backend_connection connection_;
  std::optional<imap::backend_dialogue> dialogue_;
};

} // namespace stellwerk
