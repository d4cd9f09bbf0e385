#include "tests/actors/interleavings/smtp_peer.hpp"

#include <algorithm>

namespace stellwerk::test {
namespace {

constexpr const char* final_dot = "\r\n.\r\n";

} // namespace

bool smtp_peer::trespasses(const std::string& domain) const {
  if (is_closed())
    return false;
  if (has_credentials_ && served().home() == domain
      && !seen().allows(where(), errand::submission, domain))
    return true;
  const bool concerns_recipient
      = asked_for_ == domain || (content_owes_ && std::ranges::count(recipients_, domain) > 0);
  return concerns_recipient && !seen().allows(where(), errand::delivery, domain);
}

void smtp_peer::take(std::string& heard) {
  for (;;) {
    if (in_content_ && !heard.empty())
      take_content(heard);
    if (in_content_)
      return;
    const auto line = take_line(heard);
    if (!line)
      return;
    take_command(*line);
  }
}

void smtp_peer::note_content(std::string_view words) const {
  for (const auto& domain : recipients_)
    seen().on_going_on(where(), errand::delivery, domain, words);
  if (has_credentials_)
    seen().on_going_on(where(), errand::submission, served().home(), words);
}

void smtp_peer::take_content(std::string& heard) {
  note_content("content");
  const auto end = heard.find(final_dot);
  if (end == std::string::npos)
    return;
  heard.erase(0, end + std::string_view{final_dot}.size());
  in_content_ = false;
  owe(".");
}

void smtp_peer::take_command(const std::string& line) {
  if (line.starts_with("AUTH ")) {
    has_credentials_ = true;
    served().note_place(where());
    seen().on_begun(where(), errand::submission, served().home(), "credentials of a sender");
  } else if (line.starts_with("MAIL ")) {
    seen().on_begun(where(), errand::delivery, served().asks_for(), "MAIL");
    recipients_.clear();
  } else if (line.starts_with("RCPT ")) {
    const auto at = line.rfind('@');
    asked_for_ = line.substr(at + 1, line.rfind('>') - at - 1);
    served().note_place(where());
    seen().on_begun(where(), errand::delivery, asked_for_, "RCPT");
  } else if (line == "DATA") {
    content_owes_ = true;
    note_content("DATA");
  } else if (line == "RSET") {
    recipients_.clear();
  }
  owe(line);
}

std::string smtp_peer::answer_to(const std::string& asked, chance& choices) {
  const auto verb = asked.substr(0, asked.find(' '));
  const bool is_refused = choices.one_in(12);
  if (verb == "greeting")
    return "220 backend.example\r\n";
  if (verb == "EHLO")
    return "250-backend.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n";
  if (verb == "AUTH") {
    has_credentials_ = !is_refused;
    return is_refused ? (choices.one_in(2) ? "535 5.7.8 no\r\n" : "454 4.7.0 not now\r\n")
                      : "235 2.7.0 in\r\n";
  }
  if (verb == "RCPT") {
    auto domain = std::exchange(asked_for_, {});
    if (is_refused)
      return choices.one_in(2) ? "550 5.1.1 nobody\r\n" : "451 4.3.0 not now\r\n";
    recipients_.push_back(std::move(domain));
  }
  if (verb == "DATA") {
    in_content_ = !is_refused;
    content_owes_ = in_content_;
    return is_refused ? "451 4.3.0 not now\r\n" : "354 go on\r\n";
  }
  if (verb == ".") {
    recipients_.clear();
    content_owes_ = false;
    return is_refused ? "451 4.3.0 not now\r\n" : "250 2.0.0 taken\r\n";
  }
  if (verb == "QUIT") {
    hang_up();
    return "221 2.0.0 bye\r\n";
  }
  return "250 2.0.0 fine\r\n";
}

} // namespace stellwerk::test
