#include "actors/refusing_session.hpp"

#include "protocol/sieve/response.hpp"

namespace stellwerk {
namespace {

constexpr std::chrono::seconds budget{10};

} // namespace

std::string told_in(mail_protocol protocol, std::string_view notice) {
  const std::string text{notice.empty() ? "This service has ended." : notice};
  switch (protocol) {
    case mail_protocol::imap:
      return "* BYE [ALERT] " + text + "\r\n";
    case mail_protocol::pop3:
      return "-ERR [SYS/PERM] " + text + "\r\n";
    case mail_protocol::submission:
    case mail_protocol::smtp:
      return "521 " + text + "\r\n";
    case mail_protocol::sieve:
      break;
  }
  return "BYE " + sieve::string_of(text, sieve::writer::server) + "\r\n";
}

io::task<void> refusing_session::converse() {
  surroundings().refusals.note(text_of(listener().address));
  log(log::event::notice_told, {{"client", client_end().text()}});
  co_await tell_client(told_in(listener().protocol, listener().notice), within(budget));
}

} // namespace stellwerk
