#include "protocol/sieve/backend_dialogue.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/argument.hpp"
#include "protocol/sasl/mechanism_set.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk::sieve {
namespace {

using word = response::word;

std::string excerpt(std::string_view text) { return std::string{text.substr(0, 200)}; }

sasl::mechanism_set mechanisms_in(const capability_list& capabilities) {
  sasl::mechanism_set found;
  for (auto words = capabilities.value("SASL"); !words.empty();)
    found.add(imap::take_word(words));
  return found;
}

} // namespace

backend_dialogue::backend_dialogue(backend_settings settings)
    : settings_{settings}, reader_{settings.max_line_octets, settings.max_line_octets},
      tls_active_{settings.tls == backend_tls::implicit} {}

backend_dialogue::step backend_dialogue::take(std::string_view& input) {
  while (awaiting_ != awaiting::nothing) {
    if (awaiting_ == awaiting::tls)
      return input.empty() ? step{need_more{}} : stop("octets in clear behind STARTTLS");
    const auto read = reader_.take(input, imap::frame_kind::command);
    if (read.status == imap::frame_status::need_more)
      return need_more{};
    if (read.status == imap::frame_status::fault)
      return stop(reader_.line_fault() == line_status::too_long ? "an endless response"
                                                                : "a line without CRLF");
    if (read.status == imap::frame_status::literal)
      continue;
    heard_octets_ += read.text.size() + 2;
    if (heard_octets_ > settings_.max_heard_octets)
      return stop("talks without end");
    auto next = on_frame(read.text, input);
    if (!std::holds_alternative<need_more>(next))
      return next;
  }
  return need_more{};
}

backend_dialogue::step backend_dialogue::on_frame(std::string_view frame,
                                                  std::string_view& input) {
  if (!is_final(frame))
    return on_line(frame);
  auto reply = parse_response(frame);
  if (!reply)
    return stop("breaks the grammar");
  const bool ok = reply->said == word::ok;
  switch (awaiting_) {
    case awaiting::greeting:
    case awaiting::capabilities:
      return ok ? go_on() : stop("greets with " + excerpt(frame));
    case awaiting::starttls:
      if (!ok)
        return stop("refuses STARTTLS: " + excerpt(frame));
      if (!input.empty())
        return stop("octets in clear behind STARTTLS");
      awaiting_ = awaiting::tls;
      return start_tls{};
    case awaiting::xclient:
      return ok ? go_on() : stop("refuses XCLIENT: " + excerpt(frame));
    case awaiting::login:
      return on_login_reply(*std::move(reply));
    case awaiting::cancelled:
      return stop("asks for more than the login");
    case awaiting::logout:
      awaiting_ = awaiting::nothing;
      return need_more{};
    case awaiting::tls:
    case awaiting::orders:
    case awaiting::nothing:
      break;
  }
  return stop("speaks out of turn");
}

// A line that begins with a string: a capability, or a challenge.
backend_dialogue::step backend_dialogue::on_line(std::string_view frame) {
  if (awaiting_ == awaiting::login) {
    const auto challenge = imap::take_string(frame);
    return challenge && frame.empty() ? on_challenge(*challenge) : stop("breaks the grammar");
  }
  if (awaiting_ == awaiting::cancelled || awaiting_ == awaiting::logout)
    return need_more{};
  auto one = parse_capability(frame);
  if (!one || (awaiting_ != awaiting::greeting && awaiting_ != awaiting::capabilities))
    return stop("speaks out of turn");
  capabilities_.add(*std::move(one));
  return need_more{};
}

backend_dialogue::step backend_dialogue::on_challenge(std::string_view challenge) {
  auto response = exchange_->take_response(challenge);
  if (!response) {
    awaiting_ = awaiting::cancelled;
    return say{"\"*\"\r\n"};
  }
  auto text = string_of(*response, writer::client);
  wipe(*response);
  say line{text + "\r\n"};
  wipe(text);
  return line;
}

// What the backend said in clear may be forged: forget it, hear it again (RFC 5804, 2.2).
backend_dialogue::step backend_dialogue::on_tls_started() {
  if (awaiting_ != awaiting::tls)
    return stop("TLS out of turn");
  tls_active_ = true;
  capabilities_ = {};
  awaiting_ = awaiting::capabilities;
  return need_more{};
}

// Each thing that has to happen between the greeting and the login, in order, once.
backend_dialogue::step backend_dialogue::go_on() {
  if (settings_.tls == backend_tls::starttls && !tls_active_)
    return capabilities_.contains("STARTTLS") ? ask("STARTTLS", awaiting::starttls)
                                              : stop("offers no STARTTLS");
  if (settings_.xclient && !xclient_sent_) {
    if (!capabilities_.contains("XCLIENT"))
      return stop("offers no XCLIENT");
    xclient_sent_ = true;
    if (!settings_.xclient->empty())
      return ask("XCLIENT " + *settings_.xclient, awaiting::xclient);
  }
  awaiting_ = awaiting::orders;
  return ready_for_login{};
}

backend_dialogue::step backend_dialogue::login(const sasl::credentials& who) {
  if (awaiting_ != awaiting::orders)
    return stop("login out of turn");
  heard_octets_ = 0;
  exchange_.reset();
  const auto mech = sasl::mechanism_for(who, mechanisms_in(capabilities_));
  const bool as_another = !who.authzid.empty() && who.authzid != who.authcid;
  if (!mech && as_another)
    return stop("cannot log in as another, it has no PLAIN");
  if (!mech && sasl::has_token(who.mech))
    return stop("has no " + std::string{sasl::name(who.mech)});
  if (!mech)
    return stop("offers no way to log in that we have");
  exchange_.emplace(*mech, who);
  const auto command = "AUTHENTICATE " + imap::quoted(sasl::name(*mech));
  if (mech == sasl::mechanism::login)
    return ask(command, awaiting::login);
  auto first = std::get<say>(on_challenge({}));
  awaiting_ = awaiting::login;
  say line{command + ' ' + first.text};
  wipe(first.text);
  return line;
}

backend_dialogue::step backend_dialogue::on_login_reply(response reply) {
  const bool had_password = exchange_->is_complete();
  auto error = exchange_->error();
  exchange_.reset();
  if (reply.said == word::bye)
    return stop("says BYE to the login");
  if (!had_password)
    return stop("answers before it has the password");
  if (reply.said == word::ok) {
    awaiting_ = awaiting::nothing;
    return accepted{excerpt(reply.text)};
  }
  if (reply.has_code("REFERRAL"))
    return stop("refers the login elsewhere");
  awaiting_ = awaiting::orders;
  return refused{excerpt(reply.code), excerpt(reply.text), std::move(error)};
}

say backend_dialogue::log_out() {
  auto next = ask("LOGOUT", awaiting::logout);
  return std::get<say>(std::move(next));
}

backend_dialogue::step backend_dialogue::ask(std::string_view command, awaiting next) {
  awaiting_ = next;
  return say{std::string{command} + "\r\n"};
}

backend_dialogue::step backend_dialogue::stop(std::string why) {
  const bool logging_in = awaiting_ == awaiting::login || awaiting_ == awaiting::cancelled;
  awaiting_ = awaiting::nothing;
  exchange_.reset();
  if (logging_in)
    return unavailable{std::move(why)};
  return give_up{std::move(why)};
}

std::string_view backend_dialogue::awaited() const {
  switch (awaiting_) {
    case awaiting::greeting:
      return "greeting";
    case awaiting::starttls:
      return "starttls";
    case awaiting::tls:
      return "tls";
    case awaiting::capabilities:
      return "capabilities";
    case awaiting::xclient:
      return "xclient";
    case awaiting::orders:
      return "orders";
    case awaiting::login:
    case awaiting::cancelled:
      return "login";
    case awaiting::logout:
      return "logout";
    case awaiting::nothing:
      break;
  }
  return "nothing";
}

} // namespace stellwerk::sieve
