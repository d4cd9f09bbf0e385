#pragma once

#include "actors/session.hpp"
#include "protocol/base/safe_point_tracker.hpp"

#include <string>

namespace stellwerk {

/// What the sessions of IMAP, POP3 and ManageSieve share: behind the login octets flow both
/// ways, until one side ends or a safe point comes that was asked for.
class access_session : public session {
public:
  using session::session;

protected:
  /// From the login on: until the end. `login` is for the log.
  io::task<void> relay(leg& backend, safe_point_tracker& tracker, std::string login);

  /// What a client hears last that shall connect again and keep its password.
  [[nodiscard]] virtual std::string last_words(std::string_view why) const = 0;
};

} // namespace stellwerk
