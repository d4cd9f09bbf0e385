#include "protocol/pop3/server_dialogue.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/pop3/status.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk::pop3 {
namespace {

bool needs_login(std::string_view verb) {
  static constexpr std::string_view verbs[]
      = {"STAT", "LIST", "RETR", "DELE", "NOOP", "RSET", "TOP", "UIDL", "LAST"};
  return std::ranges::any_of(verbs, [&](auto v) { return equals_ignoring_case(v, verb); });
}

} // namespace

server_dialogue::server_dialogue(server_settings settings)
    : settings_{std::move(settings)}, lines_{settings_.max_line_octets} {}

capability_list server_dialogue::announced() const {
  auto channel = client_channel::tls;
  if (!settings_.tls_active)
    channel = settings_.offers_stls ? client_channel::clear_with_stls : client_channel::clear;
  return announced_before_login(settings_.from_backends, channel);
}

// A `<...>` in it would be an offer of APOP (RFC 1939 section 7).
std::string server_dialogue::greeting() const {
  return "+OK " + (settings_.hostname.empty() ? "Stellwerk" : settings_.hostname)
         + " ready.\r\n";
}

server_dialogue::event server_dialogue::take(std::string_view& input) {
  const bool hears = awaiting_ == awaiting::command || awaiting_ == awaiting::sasl
                     || awaiting_ == awaiting::last_answer;
  if (hears) {
    const auto read = lines_.take(input);
    if (read.status == line_status::need_more)
      return need_more{};
    if (read.status == line_status::too_long)
      return end("-ERR This line is too long.\r\n");
    if (read.status != line_status::line)
      return end("-ERR Lines must end in CRLF.\r\n");
    return on_line(read.text);
  }
  if (awaiting_ == awaiting::tls && !input.empty())
    return end("");
  return need_more{};
}

server_dialogue::event server_dialogue::on_line(std::string_view line) {
  if (awaiting_ == awaiting::command)
    return on_command(line);
  if (awaiting_ == awaiting::sasl)
    return on_sasl_step(exchange_->on_line(line));
  awaiting_ = awaiting::command;
  return say{std::exchange(refusal_, {})};
}

server_dialogue::event server_dialogue::on_command(std::string_view line) {
  const auto verb = line.substr(0, line.find(' '));
  const auto is = [&](std::string_view name) { return equals_ignoring_case(verb, name); };
  const bool has_argument = verb.size() < line.size();
  const auto argument = line.substr(std::min(line.size(), verb.size() + 1));
  if (is("USER"))
    return on_user(argument);
  if (is("PASS"))
    return on_pass(argument);
  if (is("AUTH"))
    return on_auth(argument);
  if (needs_login(verb))
    return bad("Log in first.");
  if (!is("CAPA") && !is("QUIT") && !is("STLS"))
    return bad(verb.empty() ? "A command is missing." : "Unknown command.");
  if (has_argument)
    return bad("This command has no arguments.");
  if (is("CAPA"))
    return on_capa();
  return is("QUIT") ? end("+OK Bye.\r\n") : on_stls();
}

server_dialogue::event server_dialogue::on_capa() {
  std::string text = "+OK Capability list follows.\r\n";
  const auto told = announced();
  for (const auto& line : told.lines())
    text.append(line).append("\r\n");
  return say{text + ".\r\n"};
}

server_dialogue::event server_dialogue::on_user(std::string_view name) {
  if (!settings_.tls_active)
    return refuse_in_clear(name);
  if (name.empty())
    return bad("USER needs a name.");
  user_.emplace(name);
  return say{"+OK Send PASS.\r\n"};
}

// The password is all that follows the first blank (RFC 1939 section 7, PASS).
server_dialogue::event server_dialogue::on_pass(std::string_view password) {
  if (!settings_.tls_active)
    return refuse_in_clear();
  const auto name = std::exchange(user_, std::nullopt);
  if (!name)
    return bad("Send USER first.");
  if (!sasl::may_be_replayed(*name, password))
    return bad("[AUTH] Name or password is empty or has control characters.");
  return ask_verdict({*name, secret{password}, {}, sasl::mechanism::clear});
}

// Asked for by some clients as in drafts older than CAPA.
server_dialogue::event server_dialogue::on_mechanisms() const {
  std::string text = "+OK\r\n";
  auto names = announced().arguments("SASL");
  std::ranges::replace(names, ' ', '\n');
  for (std::string_view rest = names; !rest.empty();) {
    const auto name = rest.substr(0, rest.find('\n'));
    text.append(name).append("\r\n");
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  return say{text + ".\r\n"};
}

// auth-command = "AUTH" SP sasl-mech [SP initial-response] *(CRLF [base64]) CRLF
server_dialogue::event server_dialogue::on_auth(std::string_view arguments) {
  const auto blank = arguments.find(' ');
  const auto name = arguments.substr(0, blank);
  if (arguments.empty())
    return on_mechanisms();
  if (!settings_.tls_active)
    return refuse_in_clear();
  const auto mechanism = sasl::find_mechanism(name);
  if (!mechanism)
    return bad("Unknown authentication mechanism.");
  std::optional<std::string_view> initial_response;
  if (blank != std::string_view::npos)
    initial_response = arguments.substr(blank + 1);
  user_.reset();
  exchange_.emplace(*mechanism);
  return on_sasl_step(exchange_->start(initial_response));
}

server_dialogue::event server_dialogue::on_sasl_step(sasl::step next) {
  if (const auto* challenge = std::get_if<sasl::challenge>(&next)) {
    awaiting_ = awaiting::sasl;
    return say{"+ " + std::string{challenge->text} + "\r\n"};
  }
  awaiting_ = awaiting::command;
  exchange_.reset();
  if (auto* credentials = std::get_if<sasl::credentials>(&next))
    return ask_verdict(std::move(*credentials));
  switch (std::get<sasl::fault>(next)) {
    case sasl::fault::cancelled:
      return bad("Authentication cancelled.");
    case sasl::fault::refused:
      return bad("[AUTH] Authentication failed.");
    case sasl::fault::malformed:
      break;
  }
  return bad("Malformed authentication exchange.");
}

server_dialogue::event server_dialogue::on_stls() {
  if (settings_.tls_active)
    return bad("TLS is active already.");
  if (!settings_.offers_stls)
    return bad("STLS is not offered here.");
  awaiting_ = awaiting::tls;
  return start_tls{"+OK Begin TLS negotiation now.\r\n"};
}

void server_dialogue::on_tls_started() {
  settings_.tls_active = true;
  awaiting_ = awaiting::command;
  lines_ = line_splitter{settings_.max_line_octets};
  user_.reset();
  bad_commands_ = 0;
}

server_dialogue::event server_dialogue::ask_verdict(sasl::credentials credentials) {
  lines_.wipe_line();
  awaiting_ = awaiting::verdict;
  mech_ = credentials.mech;
  return pop3::login{std::move(credentials)};
}

server_dialogue::event server_dialogue::refuse_in_clear(std::string_view login) {
  if (!tried_in_clear_ || !login.empty())
    tried_in_clear_.emplace(login);
  return bad("[SYS/PERM] Log in under TLS only.");
}

server_dialogue::event server_dialogue::bad(std::string_view text) {
  auto line = "-ERR " + std::string{text} + "\r\n";
  if (++bad_commands_ < settings_.max_bad_commands)
    return say{std::move(line)};
  return end(std::move(line)); // One reply to one command, so that the client knows which.
}

server_dialogue::event server_dialogue::end(std::string text) {
  awaiting_ = awaiting::nothing;
  return close{std::move(text)};
}

std::string server_dialogue::login_refused(std::string_view code, std::string_view text,
                                           std::string_view error) {
  if (awaiting_ != awaiting::verdict)
    return {};
  awaiting_ = awaiting::command;
  std::string reply = "-ERR ";
  if (!code.empty())
    reply += '[' + std::string{code} + "] ";
  reply += text.empty() ? "Login refused." : text;
  reply += "\r\n";
  const auto challenge
      = is_temporary(code) ? std::nullopt : sasl::refusal_challenge(mech_, error);
  if (!challenge)
    return reply;
  awaiting_ = awaiting::last_answer;
  refusal_ = std::move(reply);
  return "+ " + *challenge + "\r\n";
}

std::string server_dialogue::login_accepted(std::string_view text) {
  if (awaiting_ != awaiting::verdict)
    return {};
  awaiting_ = awaiting::nothing;
  return "+OK " + std::string{text.empty() ? "Logged in." : text} + "\r\n";
}

bool server_dialogue::inside_command() const {
  return awaiting_ == awaiting::sasl || awaiting_ == awaiting::last_answer
         || (awaiting_ == awaiting::command && lines_.inside_line());
}

std::string not_now(std::string_view text) {
  return "-ERR [SYS/TEMP] " + std::string{text.empty() ? "Please connect again." : text}
         + "\r\n";
}

} // namespace stellwerk::pop3
