#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::smtp {

/// The client as a backend should see it, by Postfix's XCLIENT.
struct xclient_attributes {
  std::string address{};  ///< "192.0.2.1" or "2001:db8::1".
  std::uint16_t port = 0; ///< Of the client; 0 is not sent.
  std::string helo{};     ///< What it called itself; empty: nothing yet.
  bool esmtp = true;      ///< It said EHLO, not HELO.
};

/// xtext (RFC 3461 section 4): `+`, `=` and what is not printable ASCII become `+XX`.
[[nodiscard]] std::string encode_xtext(std::string_view text);

/// The XCLIENT commands, without CRLF, that hand over what the backend takes (`announced`, in
/// capitals). No line is longer than 512 octets; HELO gets its own one if it must, or is left
/// out if it is too long even then. Empty if ADDR is not announced: then nothing may be sent.
[[nodiscard]] std::vector<std::string> xclient_lines(const xclient_attributes& client,
                                                     const std::set<std::string>& announced);

} // namespace stellwerk::smtp
