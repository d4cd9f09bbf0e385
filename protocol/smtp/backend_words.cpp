#include "protocol/smtp/backend_words.hpp"

namespace stellwerk::smtp {

std::string_view name(backend_command command) {
  switch (command) {
    case backend_command::authenticate:
      return "AUTH";
    case backend_command::mail:
      return "MAIL";
    case backend_command::rcpt:
      return "RCPT";
    case backend_command::data:
      return "DATA";
    case backend_command::content:
      return "content";
    case backend_command::rset:
      return "RSET";
    case backend_command::noop:
      return "NOOP";
    case backend_command::quit:
      return "QUIT";
  }
  return {};
}

std::string_view name(backend_fault fault) {
  switch (fault) {
    case backend_fault::bad_greeting:
      return "bad_greeting";
    case backend_fault::ehlo_refused:
      return "ehlo_refused";
    case backend_fault::starttls_not_offered:
      return "starttls_not_offered";
    case backend_fault::starttls_refused:
      return "starttls_refused";
    case backend_fault::octets_behind_starttls:
      return "octets_behind_starttls";
    case backend_fault::xclient_not_offered:
      return "xclient_not_offered";
    case backend_fault::xclient_refused:
      return "xclient_refused";
    case backend_fault::no_mechanism:
      return "no_mechanism";
    case backend_fault::broken_exchange:
      return "broken_exchange";
    case backend_fault::shutting_down:
      return "shutting_down";
    case backend_fault::out_of_turn:
      return "out_of_turn";
    case backend_fault::unexpected_reply:
      return "unexpected_reply";
    case backend_fault::malformed_reply:
      return "malformed_reply";
    case backend_fault::reply_too_long:
      return "reply_too_long";
  }
  return {};
}

} // namespace stellwerk::smtp
