#include "actors/listener_words.hpp"

namespace stellwerk {

std::string_view words_when_full(const listener_settings& listener) {
  if (listener.tls == listener_tls::implicit)
    return {};
  return listener.protocol == mail_protocol::imap
             ? "* BYE [UNAVAILABLE] Too many connections\r\n"
             : "421 4.7.0 Too many connections\r\n";
}

} // namespace stellwerk
