#include "protocol/imap/backend_dialogue.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/argument.hpp"
#include "protocol/sasl/mechanism_set.hpp"

#include <algorithm>

namespace stellwerk::imap {
namespace {

constexpr std::size_t max_short_literal = 4096; // LITERAL- (RFC 7888 section 5).

// Octets of Base 64: the line with it is one that servers take (RFC 2683 section 3.2.1.5).
constexpr std::size_t max_initial_response = 2048;

std::string excerpt(std::string_view text) { return std::string{text.substr(0, 200)}; }

sasl::mechanism_set mechanisms_in(const capability_list& capabilities) {
  sasl::mechanism_set found;
  for (const auto& name : capabilities.names())
    if (starts_with_ignoring_case(name, "AUTH="))
      found.add(std::string_view{name}.substr(5));
  return found;
}

std::string id_command(const std::vector<std::pair<std::string, std::string>>& fields) {
  const auto printable = [](std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return quoted(text);
  };
  std::string command = "ID (";
  for (const auto& [name, value] : fields) {
    if (!command.ends_with('('))
      command += ' ';
    command += printable(name) + ' ' + printable(value);
  }
  return command + ')';
}

} // namespace

backend_dialogue::backend_dialogue(backend_settings settings)
    : settings_{std::move(settings)}, reader_{settings_.max_line_octets,
                                              settings_.max_untagged_octets},
      tls_active_{settings_.tls == backend_tls::implicit} {}

backend_dialogue::step backend_dialogue::take(std::string_view& input) {
  while (awaiting_ != awaiting::nothing) {
    if (awaiting_ == awaiting::tls)
      return input.empty() ? step{need_more{}} : stop("octets in clear behind STARTTLS");
    const auto read = reader_.take(input, frame_kind::response);
    if (read.status == frame_status::need_more)
      return need_more{};
    if (read.status == frame_status::fault)
      return stop(reader_.line_fault() == line_status::too_long ? "an endless response"
                                                                : "a line without CRLF");
    if (read.status == frame_status::literal)
      continue;
    heard_octets_ += read.text.size() + 2;
    if (heard_octets_ > settings_.max_untagged_octets)
      return stop("talks without end");
    auto next = on_frame(read.text, input);
    if (!std::holds_alternative<need_more>(next))
      return next;
  }
  return need_more{};
}

backend_dialogue::step backend_dialogue::on_frame(std::string_view frame,
                                                  std::string_view& input) {
  if (frame.starts_with("* "))
    return awaiting_ == awaiting::greeting ? on_greeting(frame.substr(2))
                                           : on_untagged(frame.substr(2));
  if (frame == "+" || frame.starts_with("+ "))
    return on_continuation(frame.substr(std::min<std::size_t>(frame.size(), 2)));
  const auto word = frame.substr(0, frame.find(' '));
  if (awaiting_ == awaiting::greeting || awaiting_ == awaiting::orders || word != tag_)
    return stop("speaks out of turn");
  return on_tagged(frame.substr(std::min(frame.size(), word.size() + 1)), input);
}

// greeting = "*" SP (resp-cond-auth / resp-cond-bye)
backend_dialogue::step backend_dialogue::on_greeting(std::string_view response) {
  const auto greeting = parse_status_response(response);
  if (!greeting.is("OK"))
    return stop("greets with " + excerpt(response));
  if (!greeting.has_code("CAPABILITY"))
    return ask("CAPABILITY", awaiting::capability);
  capabilities_ = capability_list::parse(greeting.code_arguments());
  return go_on();
}

backend_dialogue::step backend_dialogue::on_untagged(std::string_view response) {
  const bool logging_in
      = awaiting_ == awaiting::login || awaiting_ == awaiting::capability_after_login;
  const auto status = parse_status_response(response);
  if (status.is("BYE")) {
    if (awaiting_ == awaiting::logout)
      return need_more{};
    return stop("says BYE" + (logging_in ? " to the login" : excerpt(response.substr(3))));
  }
  std::string_view told;
  if (status.is("CAPABILITY"))
    told = response.substr(std::min(response.size(), status.word.size() + 1));
  else if (status.is("OK") && status.has_code("CAPABILITY"))
    told = status.code_arguments();
  if (!told.empty()) {
    (logging_in ? acceptance_.capabilities : capabilities_) = capability_list::parse(told);
    told_capabilities_ = logging_in;
  } else if (logging_in) {
    acceptance_.untagged += "* " + std::string{response} + "\r\n";
  }
  return need_more{};
}

backend_dialogue::step backend_dialogue::on_continuation(std::string_view challenge) {
  if (awaiting_ != awaiting::login)
    return stop("speaks out of turn");
  if (!continuations_.empty()) {
    std::string text{continuations_.front().view()};
    continuations_.pop_front();
    return say{std::move(text)};
  }
  if (!exchange_ || cancelled_)
    return stop("asks for more than the login");
  auto response = exchange_->take_response(challenge);
  cancelled_ = !response;
  say line{response ? *response + "\r\n" : "*\r\n"};
  if (response)
    wipe(*response);
  return line;
}

backend_dialogue::step backend_dialogue::on_tagged(std::string_view response,
                                                   std::string_view& input) {
  const bool ok = parse_status_response(response).is("OK");
  switch (awaiting_) {
    case awaiting::capability:
      return ok && !capabilities_.empty() ? go_on() : stop("tells no capabilities");
    case awaiting::starttls:
      if (!ok)
        return stop("refuses STARTTLS: " + excerpt(response));
      if (!input.empty())
        return stop("octets in clear behind STARTTLS");
      awaiting_ = awaiting::tls;
      return start_tls{};
    case awaiting::id:
      return ok ? go_on() : stop("refuses ID: " + excerpt(response));
    case awaiting::login:
      return on_login_reply(response);
    case awaiting::capability_after_login:
      return accept();
    case awaiting::logout:
      awaiting_ = awaiting::nothing;
      return need_more{};
    case awaiting::greeting:
    case awaiting::tls:
    case awaiting::orders:
    case awaiting::nothing:
      break;
  }
  return stop("speaks out of turn");
}

// What the backend said in clear may be forged: forget it, ask again (RFC 3501 section 6.2.1).
backend_dialogue::step backend_dialogue::on_tls_started() {
  if (awaiting_ != awaiting::tls)
    return stop("TLS out of turn");
  tls_active_ = true;
  capabilities_ = {};
  return ask("CAPABILITY", awaiting::capability);
}

// Each thing that has to happen between the greeting and the login, in order, once.
backend_dialogue::step backend_dialogue::go_on() {
  if (settings_.tls == backend_tls::starttls && !tls_active_)
    return capabilities_.contains("STARTTLS") ? ask("STARTTLS", awaiting::starttls)
                                              : stop("offers no STARTTLS");
  if (!settings_.id_fields.empty() && !id_sent_) {
    id_sent_ = true;
    return capabilities_.contains("ID") ? ask(id_command(settings_.id_fields), awaiting::id)
                                        : stop("has no ID for the client's address");
  }
  awaiting_ = awaiting::orders;
  return ready_for_login{};
}

backend_dialogue::step backend_dialogue::login(const sasl::credentials& who) {
  if (awaiting_ != awaiting::orders)
    return stop("login out of turn");
  heard_octets_ = 0;
  acceptance_ = {};
  told_capabilities_ = cancelled_ = false;
  continuations_.clear();
  exchange_.reset();
  const auto mech = sasl::mechanism_for(who, mechanisms_in(capabilities_));
  const bool as_another = !who.authzid.empty() && who.authzid != who.authcid;
  if (!mech && as_another)
    return stop("cannot log in as another, it has no AUTH=PLAIN");
  if (!mech && sasl::has_token(who.mech))
    return stop("has no AUTH=" + std::string{sasl::name(who.mech)});
  const bool is_in_command = !capabilities_.contains("LOGINDISABLED");
  if (mech && !(is_in_command && mech == sasl::mechanism::login))
    return send_authenticate(*mech, who);
  return is_in_command ? send_login_command(who) : stop("offers no way to log in that we have");
}

backend_dialogue::step backend_dialogue::send_authenticate(sasl::mechanism mech,
                                                           const sasl::credentials& who) {
  exchange_.emplace(mech, who);
  const auto verb = "AUTHENTICATE " + std::string{sasl::name(mech)};
  if (mech == sasl::mechanism::login || !capabilities_.contains("SASL-IR"))
    return ask(verb, awaiting::login);
  auto response = exchange_->take_response().value_or(std::string{});
  if (response.size() > max_initial_response) { // Not in a line of its own: wait for the `+`.
    wipe(response);
    exchange_.emplace(mech, who);
    return ask(verb, awaiting::login);
  }
  auto command = verb + ' ' + response;
  auto next = ask(command, awaiting::login);
  wipe(command);
  wipe(response);
  return next;
}

// login = "LOGIN" SP userid SP password; cut where a `+` must come first
backend_dialogue::step backend_dialogue::send_login_command(const sasl::credentials& who) {
  std::string command = "LOGIN";
  for (const auto argument : {std::string_view{who.authcid}, who.password.view()}) {
    if (may_be_quoted(argument)) {
      command += ' ' + quoted(argument);
      continue;
    }
    const bool at_once
        = capabilities_.contains("LITERAL+")
          || (capabilities_.contains("LITERAL-") && argument.size() <= max_short_literal);
    command += " {" + std::to_string(argument.size()) + (at_once ? "+}\r\n" : "}\r\n");
    if (!at_once) {
      continuations_.emplace_back(command);
      command.clear();
    }
    command += argument;
  }
  command += "\r\n";
  continuations_.emplace_back(command);
  wipe(command);
  std::string first{continuations_.front().view()};
  continuations_.pop_front();
  first.resize(first.size() - 2); // `ask` puts the CRLF back.
  return ask(first, awaiting::login);
}

backend_dialogue::step backend_dialogue::on_login_reply(std::string_view response) {
  const auto reply = parse_status_response(response);
  const bool had_password
      = continuations_.empty() && !cancelled_ && (!exchange_ || exchange_->is_complete());
  const auto error = exchange_ ? exchange_->error() : std::string{};
  continuations_.clear();
  exchange_.reset();
  if (!had_password)
    return stop("answers before it has the password");
  if (reply.is("NO")) {
    awaiting_ = awaiting::orders;
    const bool leads_away = reply.has_code("REFERRAL");
    return refused{leads_away ? "" : excerpt(reply.code), excerpt(reply.text), error};
  }
  if (!reply.is("OK"))
    return stop("says BAD to the login");
  if (reply.has_code("CAPABILITY")) {
    acceptance_.capabilities = capability_list::parse(reply.code_arguments());
    told_capabilities_ = true;
  }
  const bool keeps_code
      = !reply.code.empty() && !reply.has_code("CAPABILITY") && !reply.has_code("REFERRAL");
  acceptance_.status = "OK ";
  if (keeps_code)
    acceptance_.status += '[' + std::string{reply.code} + "] ";
  acceptance_.status += reply.text.empty() ? "Logged in." : reply.text;
  return told_capabilities_ ? accept() : ask("CAPABILITY", awaiting::capability_after_login);
}

backend_dialogue::step backend_dialogue::accept() {
  awaiting_ = awaiting::nothing;
  acceptance_.capabilities = passed_after_login(acceptance_.capabilities);
  if (!acceptance_.capabilities.empty()) {
    const auto told = "CAPABILITY " + acceptance_.capabilities.text();
    if (acceptance_.status.starts_with("OK ["))
      acceptance_.untagged += "* " + told + "\r\n"; // A response has room for one code.
    else
      acceptance_.status.insert(3, '[' + told + "] ");
  }
  return accepted{std::move(acceptance_)};
}

say backend_dialogue::log_out() {
  auto next = ask("LOGOUT", awaiting::logout);
  return std::get<say>(std::move(next));
}

backend_dialogue::step backend_dialogue::ask(std::string_view command, awaiting next) {
  tag_ = "s" + std::to_string(++tags_);
  awaiting_ = next;
  std::string text;
  text.reserve(tag_.size() + command.size() + 3);
  text.append(tag_).append(" ").append(command).append("\r\n");
  return say{std::move(text)};
}

backend_dialogue::step backend_dialogue::stop(std::string why) {
  const bool logging_in
      = awaiting_ == awaiting::login || awaiting_ == awaiting::capability_after_login;
  awaiting_ = awaiting::nothing;
  continuations_.clear();
  exchange_.reset();
  if (logging_in)
    return unavailable{std::move(why)};
  return give_up{std::move(why)};
}

std::string_view backend_dialogue::awaited() const {
  switch (awaiting_) {
    case awaiting::greeting:
      return "greeting";
    case awaiting::capability:
      return "capability";
    case awaiting::starttls:
      return "starttls";
    case awaiting::tls:
      return "tls";
    case awaiting::id:
      return "id";
    case awaiting::orders:
      return "orders";
    case awaiting::login:
      return "login";
    case awaiting::capability_after_login:
      return "capability_after_login";
    case awaiting::logout:
      return "logout";
    case awaiting::nothing:
      break;
  }
  return "nothing";
}

} // namespace stellwerk::imap
