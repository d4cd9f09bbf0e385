#pragma once

#include "actors/session.hpp"

#include <string>

namespace stellwerk {

/// One client of a `tls: refuse` listener: it hears the listener's notice in its protocol, and
/// the connection ends. It is counted and logged, for the operator wants to know who still
/// comes.
class refusing_session final : public session {
public:
  using session::session;

private:
  io::task<void> converse() override;
  mail_protocol protocol() const override { return listener().protocol; }
  std::string words_when_late() const override { return {}; } // Nothing is heard here.
};

/// The notice as the first words of a connection (RFC 3501 `* BYE [ALERT]`, RFC 3206 `-ERR
/// [SYS/PERM]`, RFC 7504 `521`, RFC 5804 `BYE`), with CRLF. `notice` is one line; empty: ours.
[[nodiscard]] std::string told_in(mail_protocol protocol, std::string_view notice);

} // namespace stellwerk
