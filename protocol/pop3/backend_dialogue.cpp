#include "protocol/pop3/backend_dialogue.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/sasl/mechanism_set.hpp"

#include <utility>

namespace stellwerk::pop3 {
namespace {

std::string excerpt(std::string_view text) { return std::string{text.substr(0, 200)}; }

sasl::mechanism_set mechanisms_in(const capability_list& capabilities) {
  sasl::mechanism_set found;
  for (const auto mech : {sasl::mechanism::plain, sasl::mechanism::login,
                          sasl::mechanism::xoauth2, sasl::mechanism::oauthbearer})
    if (capabilities.contains("SASL", sasl::name(mech)))
      found.add(sasl::name(mech));
  return found;
}

/// PASS carries every octet but those that would end its line.
bool fits_in_a_line(std::string_view password) {
  return password.find_first_of("\r\n") == std::string_view::npos;
}

// timestamp = msg-id of RFC 822, by which a greeting offers APOP (RFC 1939 section 7)
bool has_timestamp(std::string_view greeting) {
  const auto open = greeting.find('<');
  const auto at = greeting.find('@', open);
  return open != std::string_view::npos && at != std::string_view::npos
         && greeting.find('>', at) != std::string_view::npos;
}

} // namespace

backend_dialogue::backend_dialogue(backend_settings settings)
    : settings_{settings}, lines_{settings.max_line_octets}, tls_active_{
                                                                 settings.tls
                                                                 == backend_tls::implicit} {}

backend_dialogue::step backend_dialogue::take(std::string_view& input) {
  while (awaiting_ != awaiting::nothing) {
    if (awaiting_ == awaiting::tls)
      return input.empty() ? step{need_more{}} : stop("octets in clear behind STLS");
    const auto read = lines_.take(input);
    if (read.status == line_status::need_more)
      return need_more{};
    if (read.status != line_status::line)
      return stop(read.status == line_status::too_long ? "an endless line"
                                                       : "a line without CRLF");
    heard_octets_ += read.text.size() + 2;
    if (heard_octets_ > settings_.max_heard_octets)
      return stop("talks without end");
    auto next = on_line(read.text, input);
    if (!std::holds_alternative<need_more>(next))
      return next;
  }
  return need_more{};
}

backend_dialogue::step backend_dialogue::on_line(std::string_view line,
                                                 std::string_view& input) {
  if (awaiting_ == awaiting::capa_lines) {
    if (line == ".")
      return go_on();
    capabilities_.add(line);
    return need_more{};
  }
  const auto reply = parse_status(line);
  const bool ok = reply.sign == sign::ok;
  switch (awaiting_) {
    case awaiting::greeting:
      offers_apop_ = has_timestamp(line);
      takes_xclient_ = ok && equals_ignoring_case(reply.code, "XCLIENT");
      return ok ? ask("CAPA", awaiting::capa) : stop("greets with " + excerpt(line));
    case awaiting::capa:
      if (!ok && reply.sign != sign::err)
        break;
      told_capabilities_ = ok;
      if (!ok)
        return go_on();
      awaiting_ = awaiting::capa_lines;
      return need_more{};
    case awaiting::stls:
      if (!ok)
        return stop("refuses STLS: " + excerpt(line));
      if (!input.empty())
        return stop("octets in clear behind STLS");
      awaiting_ = awaiting::tls;
      return start_tls{};
    case awaiting::xclient:
      return ok ? go_on() : stop("refuses XCLIENT: " + excerpt(line));
    case awaiting::login:
      return on_login_reply(reply);
    case awaiting::cancelled:
      return stop("asks for more than the login");
    case awaiting::logout:
      awaiting_ = awaiting::nothing;
      return need_more{};
    case awaiting::capa_lines:
    case awaiting::tls:
    case awaiting::orders:
    case awaiting::nothing:
      break;
  }
  return stop("speaks out of turn");
}

// What the backend said in clear may be forged: forget it, ask again (RFC 2595 section 4).
backend_dialogue::step backend_dialogue::on_tls_started() {
  if (awaiting_ != awaiting::tls)
    return stop("TLS out of turn");
  tls_active_ = true;
  capabilities_ = {};
  return ask("CAPA", awaiting::capa);
}

// Each thing that has to happen between the greeting and the login, in order, once.
backend_dialogue::step backend_dialogue::go_on() {
  if (settings_.tls == backend_tls::starttls && !tls_active_)
    return capabilities_.contains("STLS") ? ask("STLS", awaiting::stls)
                                          : stop("offers no STLS");
  // The greeting is not said again under TLS; where a forged one misled us, XCLIENT is refused.
  if (settings_.xclient && !xclient_sent_) {
    if (!takes_xclient_ && !capabilities_.contains("XCLIENT"))
      return stop("offers no XCLIENT");
    xclient_sent_ = true;
    if (!settings_.xclient->empty())
      return ask("XCLIENT " + *settings_.xclient, awaiting::xclient);
  }
  if (offers_apop_)
    capabilities_.add("APOP");
  awaiting_ = awaiting::orders;
  return ready_for_login{};
}

backend_dialogue::step backend_dialogue::login(const sasl::credentials& who) {
  if (awaiting_ != awaiting::orders)
    return stop("login out of turn");
  heard_octets_ = 0;
  exchange_.reset();
  pass_command_ = {};
  const auto mech = sasl::mechanism_for(who, mechanisms_in(capabilities_));
  const bool as_another = !who.authzid.empty() && who.authzid != who.authcid;
  if (!mech && as_another)
    return stop("cannot log in as another, it has no AUTH PLAIN");
  if (!mech && sasl::has_token(who.mech))
    return stop("has no AUTH " + std::string{sasl::name(who.mech)});
  const bool knows_user = !told_capabilities_ || capabilities_.contains("USER");
  const bool by_user = knows_user && fits_in_a_line(who.password.view());
  if (mech && !(by_user && mech == sasl::mechanism::login))
    return send_auth(*mech, who);
  return by_user ? send_user(who) : stop("offers no way to log in that we have");
}

// The initial response waits for the `+`: servers older than RFC 5034 know no other way.
backend_dialogue::step backend_dialogue::send_auth(sasl::mechanism mech,
                                                   const sasl::credentials& who) {
  exchange_.emplace(mech, who);
  return ask("AUTH " + std::string{sasl::name(mech)}, awaiting::login);
}

backend_dialogue::step backend_dialogue::send_user(const sasl::credentials& who) {
  std::string pass;
  pass.reserve(who.password.view().size() + 7);
  pass.append("PASS ").append(who.password.view()).append("\r\n");
  pass_command_ = secret{pass};
  wipe(pass);
  return ask("USER " + who.authcid, awaiting::login);
}

backend_dialogue::step backend_dialogue::on_go_ahead(std::string_view challenge) {
  auto response = exchange_->take_response(challenge);
  if (!response) {
    awaiting_ = awaiting::cancelled;
    return say{"*\r\n"};
  }
  say line{*response + "\r\n"};
  wipe(*response);
  return line;
}

backend_dialogue::step backend_dialogue::on_login_reply(const status& reply) {
  if (reply.sign == sign::go_ahead && exchange_)
    return on_go_ahead(reply.text);
  if (reply.sign == sign::ok && !pass_command_.empty()) {
    say line{std::string{pass_command_.view()}};
    pass_command_ = {};
    return line;
  }
  const bool had_password = exchange_ ? exchange_->is_complete() : pass_command_.empty();
  auto error = exchange_ ? exchange_->error() : std::string{};
  // USER may be refused because nobody has that name (RFC 1939 section 7).
  const bool may_judge = had_password || !exchange_;
  exchange_.reset();
  pass_command_ = {};
  if (reply.sign == sign::ok && had_password) {
    awaiting_ = awaiting::nothing;
    return accepted{excerpt(reply.text)};
  }
  if (reply.sign != sign::err || !may_judge)
    return stop("answers before it has the password");
  awaiting_ = awaiting::orders;
  auto code = excerpt(reply.code);
  // Who promises AUTH-RESP-CODE says [AUTH] if and only if it is about the credentials.
  if (capabilities_.contains("AUTH-RESP-CODE") && !equals_ignoring_case(code, "AUTH")
      && !is_temporary(code))
    code = "SYS/TEMP";
  return refused{std::move(code), excerpt(reply.text), std::move(error)};
}

say backend_dialogue::log_out() {
  auto next = ask("QUIT", awaiting::logout);
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
  pass_command_ = {};
  if (logging_in)
    return unavailable{std::move(why)};
  return give_up{std::move(why)};
}

std::string_view backend_dialogue::awaited() const {
  switch (awaiting_) {
    case awaiting::greeting:
      return "greeting";
    case awaiting::capa:
    case awaiting::capa_lines:
      return "capa";
    case awaiting::stls:
      return "stls";
    case awaiting::tls:
      return "tls";
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

} // namespace stellwerk::pop3
