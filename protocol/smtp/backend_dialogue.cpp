#include "protocol/smtp/backend_dialogue.hpp"

#include "protocol/sasl/mechanism_set.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk::smtp {
namespace {

constexpr std::size_t max_line_octets
    = 512; // RFC 4954 section 4: with an initial response too.

// One that needed no cleaning: `?` stands for what a client may have said and we may not
// repeat.
bool is_helo_name(const std::string& name) {
  return !name.empty() && name.find('?') == std::string::npos && clean_helo_name(name) == name;
}

sasl::mechanism_set mechanisms_in(const features& offered) {
  sasl::mechanism_set found;
  for (const auto& name : offered.auth)
    found.add(name);
  return found;
}

} // namespace

backend_dialogue::backend_dialogue(backend_settings settings)
    : settings_{std::move(settings)}, tls_active_{settings_.tls == backend_tls::implicit} {}

backend_step backend_dialogue::stop(backend_fault why, std::optional<reply> said) {
  stage_ = stage::given_up;
  pending_.clear();
  exchange_.reset();
  end_ = {why, std::move(said)};
  return end_;
}

backend_step backend_dialogue::say(std::string line, stage next) {
  stage_ = next;
  return step::say{std::move(line) + "\r\n"};
}

// After XCLIENT in the client's name: the backend judges the name it hears last.
backend_step backend_dialogue::say_ehlo() {
  const bool as_client = xclient_done_ && is_helo_name(settings_.xclient->helo);
  return say("EHLO " + (as_client ? settings_.xclient->helo : settings_.our_name), stage::ehlo);
}

backend_step backend_dialogue::take(std::string_view& input) {
  if (stage_ == stage::given_up)
    return end_;
  if (stage_ == stage::tls) {
    if (input.empty())
      return step::need_more{};
    return stop(backend_fault::octets_behind_starttls);
  }
  auto event = replies_.take(input);
  switch (event.status) {
    case reply_status::need_more:
      return step::need_more{};
    case reply_status::malformed:
      return stop(backend_fault::malformed_reply);
    case reply_status::too_long:
      return stop(backend_fault::reply_too_long);
    case reply_status::reply:
      break;
  }
  if (event.value.code == 421)
    return stop(backend_fault::shutting_down, std::move(event.value));
  if (stage_ != stage::ready && !input.empty())
    return stop(stage_ == stage::starttls ? backend_fault::octets_behind_starttls
                                          : backend_fault::out_of_turn,
                std::move(event.value));
  return on_reply(std::move(event.value));
}

backend_step backend_dialogue::on_reply(reply&& said) {
  switch (stage_) {
    case stage::greeting:
      return said.code == 220 ? say_ehlo() : stop(backend_fault::bad_greeting, std::move(said));
    case stage::ehlo:
      return on_ehlo(std::move(said));
    case stage::helo:
      if (said.code != 250)
        return stop(backend_fault::ehlo_refused, std::move(said));
      stage_ = stage::ready;
      return step::ready{};
    case stage::starttls:
      if (said.code != 220)
        return stop(backend_fault::starttls_refused, std::move(said));
      stage_ = stage::tls;
      return step::start_tls{};
    case stage::xclient:
      return on_xclient(std::move(said));
    case stage::ready:
      return on_answer(std::move(said));
    case stage::tls:
    case stage::given_up:
      break; // `take` lets no reply through.
  }
  return stop(backend_fault::out_of_turn, std::move(said));
}

backend_step backend_dialogue::on_ehlo(reply&& said) {
  if (said.code == 250) {
    offered_ = parse_ehlo(said);
    return prepare();
  }
  const bool nothing_asked
      = settings_.tls == backend_tls::none && !settings_.xclient && !settings_.authenticates;
  if (said.is_permanent() && nothing_asked)
    return say("HELO " + settings_.our_name, stage::helo);
  return stop(backend_fault::ehlo_refused, std::move(said));
}

// What is still to be done before credentials or an envelope may go out.
backend_step backend_dialogue::prepare() {
  if (settings_.tls == backend_tls::starttls && !tls_active_)
    return offered_.starttls ? say("STARTTLS", stage::starttls)
                             : stop(backend_fault::starttls_not_offered);
  if (settings_.xclient && !xclient_done_) {
    auto line = xclient_line(*settings_.xclient, offered_.xclient);
    return line.empty() ? stop(backend_fault::xclient_not_offered)
                        : say(std::move(line), stage::xclient);
  }
  if (settings_.authenticates && mechanisms_in(offered_).empty())
    return stop(backend_fault::no_mechanism);
  stage_ = stage::ready;
  return step::ready{};
}

backend_step backend_dialogue::on_xclient(reply&& said) {
  if (said.code != 220)
    return stop(backend_fault::xclient_refused, std::move(said));
  xclient_done_ = true;
  return say_ehlo();
}

// What the backend said in clear text may be forged: forget it, ask again (RFC 3207, 4.2).
backend_step backend_dialogue::on_tls_started() {
  if (stage_ != stage::tls)
    return stop(backend_fault::out_of_turn);
  tls_active_ = true;
  offered_ = {};
  return say_ehlo();
}

backend_step backend_dialogue::on_answer(reply&& said) {
  if (pending_.empty())
    return stop(backend_fault::out_of_turn, std::move(said));
  const auto to = pending_.front();
  if (to == backend_command::authenticate)
    return on_auth(std::move(said));
  const bool is_refusal = said.is_temporary() || said.is_permanent();
  const bool is_consent = to == backend_command::data ? said.code == 354 : said.is_positive();
  if (!is_refusal && !is_consent)
    return stop(backend_fault::unexpected_reply, std::move(said));
  pending_.pop_front();
  return step::answered{to, std::move(said)};
}

backend_step backend_dialogue::on_auth(reply&& said) {
  if (said.is_intermediate()) {
    auto response = exchange_->take_response(said.lines.empty() ? std::string_view{}
                                                                : said.lines.front());
    if (said.code != 334 || !response) {
      // The text of a challenge is the exchange's alone.
      said.lines.clear();
      return stop(backend_fault::broken_exchange, std::move(said));
    }
    step::say line{*response + "\r\n", true};
    wipe(*response);
    return line;
  }
  pending_.pop_front();
  token_error_ = exchange_->error();
  exchange_.reset();
  return step::answered{backend_command::authenticate, std::move(said)};
}

std::optional<step::say> backend_dialogue::authenticate(const sasl::credentials& login) {
  const auto mechanism = sasl::mechanism_for(login, mechanisms_in(offered_));
  if (!mechanism)
    return std::nullopt;
  token_error_.clear();
  exchange_.emplace(*mechanism, login);
  pending_.push_back(backend_command::authenticate);
  std::string line;
  line.reserve(max_line_octets); // Grows no more, so that no copy is left behind.
  line = "AUTH ";
  line += sasl::name(*mechanism);
  if (mechanism != sasl::mechanism::login) {
    auto response = exchange_->take_response().value_or(std::string{});
    if (line.size() + 1 + response.size() + 2 <= max_line_octets)
      (line += ' ') += response;
    else
      exchange_.emplace(*mechanism, login); // Too long: wait for the challenge.
    wipe(response);
  }
  line += "\r\n";
  return step::say{std::move(line), true};
}

envelope_line backend_dialogue::mail(const mail_command& command) {
  auto line = mail_line(command, offered_);
  if (std::holds_alternative<std::string>(line))
    pending_.push_back(backend_command::mail);
  return line;
}

envelope_line backend_dialogue::rcpt(const rcpt_command& command) {
  auto line = rcpt_line(command, offered_);
  if (std::holds_alternative<std::string>(line))
    pending_.push_back(backend_command::rcpt);
  return line;
}

std::string backend_dialogue::send(backend_command what, std::string_view line) {
  pending_.push_back(what);
  return std::string{line};
}

bool backend_dialogue::may_send() const {
  if (stage_ != stage::ready)
    return false;
  if (pending_.empty())
    return true;
  // The others end a group of commands (RFC 2920 section 3.1).
  const auto last = pending_.back();
  return offered_.pipelining
         && (last == backend_command::mail || last == backend_command::rcpt
             || last == backend_command::rset);
}

std::string_view backend_dialogue::awaiting() const {
  switch (stage_) {
    case stage::greeting:
      return "greeting";
    case stage::ehlo:
      return "EHLO";
    case stage::helo:
      return "HELO";
    case stage::starttls:
      return "STARTTLS";
    case stage::tls:
      return "TLS";
    case stage::xclient:
      return "XCLIENT";
    case stage::ready:
      return pending_.empty() ? "nothing" : name(pending_.front());
    case stage::given_up:
      break;
  }
  return "nothing";
}

bool is_login_refusal(const reply& said) {
  // 525 and 5.7.13: the account is disabled (RFC 5248).
  return said.is_permanent()
         && (said.code == 535 || said.code == 525 || said.enhanced == "5.7.8"
             || said.enhanced == "5.7.13");
}

} // namespace stellwerk::smtp
