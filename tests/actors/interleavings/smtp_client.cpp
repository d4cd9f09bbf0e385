#include "tests/actors/interleavings/smtp_client.hpp"

#include "protocol/base/base64.hpp"

#include <cctype>

namespace stellwerk::test {
namespace {

constexpr const char* message = "From: a@b.example\r\nSubject: x\r\n\r\nx\r\n";

} // namespace

std::string smtp_client::asks_for() const {
  for (const auto& one : awaited_)
    if (one.what == verb::rcpt)
      return one.domain;
  return {};
}

void smtp_client::send(command next) {
  say(next.text);
  awaited_.push_back(std::move(next));
}

void smtp_client::plan_mail(chance& choices) {
  const auto sender = role_ == role::submits ? "sender@" + home() : "friend@elsewhere.example";
  planned_.push_back({verb::mail, "MAIL FROM:<" + sender + ">\r\n"});
  for (auto left = 1 + choices.below(3); left > 0; --left) {
    const auto& domain = choices.pick(domains_);
    const auto name = "reader" + std::to_string(left);
    planned_.push_back({verb::rcpt, "RCPT TO:<" + name + "@" + domain + ">\r\n", domain});
  }
  const std::string content = message;
  if (choices.one_in(4))
    planned_.push_back(
        {verb::last_chunk, "BDAT " + std::to_string(content.size()) + " LAST\r\n" + content});
  else
    planned_.push_back({verb::data, "DATA\r\n"});
  at_once_ = choices.one_in(3);
  accepted_.clear();
}

void smtp_client::act(chance& choices, bool leaving) {
  if (is_over() || !awaited_.empty())
    return;
  const bool begins = planned_.empty();
  if (begins && (leaving || messages_ == 4))
    return send({verb::quit, "QUIT\r\n"});
  if (begins && role_ == role::submits && !authenticated_) {
    if (tries_++ == 3)
      return send({verb::quit, "QUIT\r\n"});
    const auto words = std::string{'\0'} + "sender@" + home() + '\0' + "secret";
    return send({verb::auth, "AUTH PLAIN " + encode_base64(words) + "\r\n"});
  }
  if (begins)
    plan_mail(choices);
  do {
    // Between the envelope and the content a client may change its mind.
    const bool gives_up
        = !at_once_ && planned_.front().what == verb::data && choices.one_in(12);
    if (gives_up)
      return end_transaction(true);
    auto next = std::move(planned_.front());
    planned_.pop_front();
    send(std::move(next));
  } while (at_once_ && !planned_.empty());
}

void smtp_client::end_transaction(bool must_reset) {
  ++messages_;
  planned_.clear();
  at_once_ = false;
  if (must_reset)
    planned_.push_back({verb::rset, "RSET\r\n"});
}

void smtp_client::on_line(const std::string& line) {
  if (line.size() < 4 || line[3] == '-'
      || std::isdigit(static_cast<unsigned char>(line[0])) == 0)
    return;
  const int code = std::stoi(line.substr(0, 3));
  if (code == 421)
    return leave(); // An answer to everything.
  if (awaited_.empty()) {
    if (!is_greeted())
      send({verb::ehlo, "EHLO client.example\r\n"});
    return;
  }
  const auto answered = std::move(awaited_.front());
  awaited_.pop_front();
  on_reply(answered, code);
}

void smtp_client::on_reply(const command& to, int code) {
  switch (to.what) {
    case verb::ehlo:
      return be_greeted();
    case verb::auth:
      authenticated_ = code == 235;
      if (authenticated_)
        seen().on_promised(place(), errand::submission, home(), "yes to a sender");
      else
        ++seen().counts["no to a sender"];
      return;
    case verb::mail:
      if (code != 250 && !at_once_)
        end_transaction(true);
      return;
    case verb::rcpt:
      if (code == 250)
        accepted_.push_back({to.domain, place()});
      else
        ++seen().counts["no to a recipient"];
      return;
    case verb::data:
      if (code != 354) {
        ++seen().counts[accepted_.empty() ? "no to DATA for nobody" : "no to DATA"];
        return end_transaction(true);
      }
      for (const auto& one : accepted_)
        seen().on_promised(one.where, errand::delivery, one.domain, "354");
      planned_.push_front({verb::content, std::string{message} + ".\r\n"});
      at_once_ = false;
      return;
    case verb::content:
    case verb::last_chunk:
      ++seen().counts[code == 250 ? "message taken" : "message not taken"];
      return end_transaction(to.what == verb::last_chunk && code != 250);
    case verb::rset:
      return;
    case verb::quit:
      return leave();
  }
}

} // namespace stellwerk::test
