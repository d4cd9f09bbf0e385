#pragma once

#include "tests/actors/interleavings/settled_loopback.hpp"

#include "actors/io/file_descriptor.hpp"
#include "config/schema.hpp"
#include "protocol/cutover/phase.hpp"

#include <array>
#include <functional>

namespace stellwerk::test {

/// The ports of the two mail servers, which take whoever comes.
class backend_ports {
public:
  backend_ports();

  /// How the proxy reaches the services of a side.
  [[nodiscard]] backend_settings settings_of(side where) const;

  using welcome
      = std::function<void(io::file_descriptor socket, side where, mail_protocol service)>;
  /// Hands on the connections that stand by now.
  void accept(const welcome& take) const;
  /// What either end of a connection has sent is at the other.
  void settle() const { network_.settle(); }

private:
  static constexpr std::array services{mail_protocol::imap, mail_protocol::submission,
                                       mail_protocol::smtp};
  struct port {
    io::file_descriptor socket;
    side where = side::on_old;
    mail_protocol service = mail_protocol::imap;
  };
  std::array<port, 2 * services.size()> ports_;
  settled_loopback network_;
};

} // namespace stellwerk::test
