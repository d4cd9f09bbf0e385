#include "actors/listener_words.hpp"

namespace stellwerk {

std::string_view words_when_full(const listener_settings& listener) {
  if (listener.tls == listener_tls::implicit)
    return {};
  switch (listener.protocol) {
    case mail_protocol::imap:
      return "* BYE [UNAVAILABLE] Too many connections\r\n";
    case mail_protocol::pop3:
      return "-ERR [SYS/TEMP] Too many connections\r\n";
    case mail_protocol::sieve:
      return "BYE (TRYLATER) \"Too many connections\"\r\n";
    case mail_protocol::submission:
    case mail_protocol::smtp:
      break;
  }
  return "421 4.7.0 Too many connections\r\n";
}

} // namespace stellwerk
