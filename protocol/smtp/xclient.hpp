#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace stellwerk::smtp {

/// The client as a backend should see it, by Postfix's XCLIENT.
struct xclient_attributes {
  std::string address{};  ///< "192.0.2.1" or "2001:db8::1".
  std::uint16_t port = 0; ///< Of the client; 0 is not sent.
  std::string helo{};     ///< What it called itself; empty: nothing yet.
  bool esmtp = true;      ///< It said EHLO, not HELO.
  /// Where it connected to, written as `address`; empty and 0 are not sent.
  std::string destination{};
  std::uint16_t destination_port = 0;
};

/// xtext (RFC 3461 section 4): `+`, `=` and what is not printable ASCII become `+XX`.
[[nodiscard]] std::string encode_xtext(std::string_view text);

/// The XCLIENT command, without CRLF, that hands over what the backend takes (`announced`, in
/// capitals). Nobody has logged in yet, and LOGIN says so: its name would stand for a password
/// that the backend has not seen. One line of at most 512 octets, since Postfix takes no second
/// one from us once it knows the client: a HELO that is too long for it is left out. Empty if
/// ADDR is not announced: then nothing may be sent.
[[nodiscard]] std::string xclient_line(const xclient_attributes& client,
                                       const std::set<std::string>& announced);

} // namespace stellwerk::smtp
