#include "tests/actors/interleavings/imap_peer.hpp"

namespace stellwerk::test {

bool imap_peer::trespasses(const std::string& domain) const {
  return !is_closed() && has_credentials_ && served().home() == domain
         && !seen().allows(where(), errand::access, domain);
}

void imap_peer::note_credentials() {
  has_credentials_ = true;
  served().note_place(where());
  seen().on_begun(where(), errand::access, served().home(), "credentials of a reader");
}

void imap_peer::take(std::string& heard) {
  while (const auto line = take_line(heard)) {
    if (!exchange_.empty()) {
      note_credentials();
      owe(std::exchange(exchange_, {}) + " LOGIN");
    } else {
      take_command(*line);
    }
  }
}

void imap_peer::take_command(const std::string& line) {
  const auto space = line.find(' ');
  const auto rest = line.substr(space + 1);
  if (has_credentials_) {
    seen().on_going_on(where(), errand::access, served().home(), "command of a reader");
  } else if (rest == "AUTHENTICATE PLAIN") {
    exchange_ = line.substr(0, space);
    return owe("+");
  } else if (rest.starts_with("LOGIN ") || rest.starts_with("AUTHENTICATE ")) {
    note_credentials();
    return owe(line.substr(0, space) + " LOGIN");
  }
  owe(line);
}

std::string imap_peer::answer_to_login(const std::string& tag, chance& choices) {
  if (!choices.one_in(12))
    return tag + " OK [CAPABILITY IMAP4rev1] in\r\n";
  has_credentials_ = false;
  return tag + (choices.one_in(2) ? " NO [UNAVAILABLE] not now\r\n" : " NO never\r\n");
}

std::string imap_peer::answer_to(const std::string& asked, chance& choices) {
  if (asked == "greeting")
    return "* OK [CAPABILITY " + std::string{capabilities_} + "] here\r\n";
  if (asked == "+")
    return "+ \r\n";
  const auto space = asked.find(' ');
  const auto tag = asked.substr(0, space);
  const auto verb = asked.substr(space + 1);
  if (verb == "LOGIN")
    return answer_to_login(tag, choices);
  if (verb == "LOGOUT")
    hang_up();
  return (verb == "LOGOUT" ? "* BYE\r\n" : "") + tag + " OK done\r\n";
}

} // namespace stellwerk::test
