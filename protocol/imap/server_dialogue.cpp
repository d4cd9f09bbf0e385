#include "protocol/imap/server_dialogue.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/argument.hpp"
#include "protocol/imap/status_response.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk::imap {
namespace {

constexpr std::size_t max_client_id_octets = 128;

bool needs_login(std::string_view verb) {
  static constexpr std::string_view verbs[]
      = {"APPEND",   "CHECK",    "CLOSE",       "COMPRESS",     "COPY",   "CREATE", "DELETE",
         "ENABLE",   "EXAMINE",  "EXPUNGE",     "FETCH",        "GETACL", "IDLE",   "LIST",
         "LSUB",     "MOVE",     "NAMESPACE",   "NOTIFY",       "RENAME", "SEARCH", "SELECT",
         "SORT",     "STATUS",   "STORE",       "SUBSCRIBE",    "THREAD", "UID",    "UNSELECT",
         "GETQUOTA", "SETQUOTA", "UNSUBSCRIBE", "GETQUOTAROOT", "XLIST"};
  return std::ranges::any_of(verbs, [&](auto v) { return equals_ignoring_case(v, verb); });
}

bool takes_literals(std::string_view verb) {
  return equals_ignoring_case(verb, "LOGIN") || equals_ignoring_case(verb, "ID");
}

} // namespace

server_dialogue::server_dialogue(server_settings settings)
    : settings_{std::move(settings)}, reader_{settings_.max_line_octets,
                                              settings_.max_literal_octets} {}

capability_list server_dialogue::announced() const {
  auto channel = client_channel::tls;
  if (!settings_.tls_active)
    channel = settings_.offers_starttls ? client_channel::clear_with_starttls
                                        : client_channel::clear;
  return announced_before_login(settings_.from_backends, channel);
}

std::string server_dialogue::greeting() const {
  return "* OK [CAPABILITY " + announced().text() + "] "
         + (settings_.hostname.empty() ? "Stellwerk" : settings_.hostname) + " ready.\r\n";
}

server_dialogue::event server_dialogue::take(std::string_view& input) {
  while (awaiting_ == awaiting::command || awaiting_ == awaiting::sasl
         || awaiting_ == awaiting::last_answer) {
    const bool in_sasl = awaiting_ != awaiting::command;
    const auto read = reader_.take(input, in_sasl ? frame_kind::line : frame_kind::command);
    event next = need_more{};
    switch (read.status) {
      case frame_status::need_more:
        return need_more{};
      case frame_status::fault:
        return on_fault(reader_.line_fault());
      case frame_status::literal:
        next = on_literal(read.text);
        break;
      case frame_status::frame:
        next = in_sasl ? on_line(read.text) : on_command(read.text);
        break;
    }
    if (!std::holds_alternative<need_more>(next))
      return next;
  }
  if (awaiting_ == awaiting::tls && !input.empty())
    return end("");
  return need_more{};
}

// Says at once what a synchronising literal would only delay, so that it is never sent.
server_dialogue::event server_dialogue::on_literal(std::string_view begun) {
  const bool client_waits = reader_.announced().synchronising;
  auto rest = begun;
  const auto tag = take_tag(rest);
  tag_ = tag.value_or("*");
  const auto verb = take_word(rest);
  const bool senseless = !tag || !takes_literals(verb);
  const bool in_clear = !settings_.tls_active && equals_ignoring_case(verb, "LOGIN");
  if (!client_waits) {
    if (!reader_.fits())
      return end("* BYE [TOOBIG] This literal is too long before login.\r\n");
    return need_more{}; // It comes anyway; the whole command is judged then.
  }
  if (!senseless && !in_clear && reader_.fits())
    return say{"+ OK\r\n"};
  auto refusal = senseless  ? on_verb(verb, rest)
                 : in_clear ? on_login(rest)
                            : count_bad(tag_ + " NO [TOOBIG] This literal is too long.\r\n");
  reader_.drop();
  return refusal;
}

server_dialogue::event server_dialogue::on_command(std::string_view frame) {
  auto rest = frame;
  const auto tag = take_tag(rest);
  if (!tag) {
    tag_ = "*";
    return bad("A command begins with a tag.");
  }
  tag_ = *tag;
  const auto verb = take_word(rest);
  return on_verb(verb, rest);
}

server_dialogue::event server_dialogue::on_verb(std::string_view verb,
                                                std::string_view arguments) {
  const auto is = [&](std::string_view name) { return equals_ignoring_case(verb, name); };
  if (tag_ == "*")
    return bad("A command begins with a tag.");
  if (is("LOGIN"))
    return on_login(arguments);
  if (is("AUTHENTICATE"))
    return on_authenticate(arguments);
  if (is("ID"))
    return on_id(arguments);
  if (needs_login(verb))
    return bad("Log in first.");
  const bool is_plain = is("CAPABILITY") || is("NOOP") || is("LOGOUT") || is("STARTTLS");
  if (!is_plain)
    return bad(verb.empty() ? "A command is missing." : "Unknown command.");
  if (!arguments.empty())
    return bad("This command has no arguments.");
  if (is("CAPABILITY"))
    return answer("OK CAPABILITY completed.", "* CAPABILITY " + announced().text() + "\r\n");
  if (is("NOOP"))
    return answer("OK NOOP completed.");
  if (is("LOGOUT"))
    return end("* BYE Logging out.\r\n" + tag_ + " OK LOGOUT completed.\r\n");
  return on_starttls();
}

// login = "LOGIN" SP userid SP password
server_dialogue::event server_dialogue::on_login(std::string_view arguments) {
  auto name = take_astring(arguments);
  if (!settings_.tls_active)
    return privacy_required(name.value_or(""));
  const bool separated = name && take_space(arguments);
  auto password = separated ? take_astring(arguments) : std::nullopt;
  if (!password || !arguments.empty()) {
    if (password)
      wipe(*password);
    return bad("LOGIN needs a name and a password.");
  }
  event next = need_more{};
  if (sasl::may_be_replayed(*name, *password))
    next = ask_verdict({*std::move(name), secret{*password}, {}, sasl::mechanism::clear});
  else
    next = count_bad(tag_
                     + " NO [AUTHENTICATIONFAILED] Name or password is empty or has"
                       " control characters.\r\n");
  wipe(*password);
  return next;
}

// authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF base64)
server_dialogue::event server_dialogue::on_authenticate(std::string_view arguments) {
  const auto blank = arguments.find(' ');
  const auto name = arguments.substr(0, blank);
  if (name.empty())
    return bad("AUTHENTICATE needs a mechanism.");
  if (!settings_.tls_active)
    return privacy_required();
  const auto mechanism = sasl::find_mechanism(name);
  if (!mechanism)
    return count_bad(tag_ + " NO [CANNOT] Unknown authentication mechanism.\r\n");
  std::optional<std::string_view> initial_response;
  if (blank != std::string_view::npos)
    initial_response = arguments.substr(blank + 1);
  exchange_.emplace(*mechanism);
  return on_sasl_step(exchange_->start(initial_response));
}

server_dialogue::event server_dialogue::on_line(std::string_view line) {
  if (awaiting_ == awaiting::sasl)
    return on_sasl_step(exchange_->on_line(line));
  awaiting_ = awaiting::command;
  return say{std::exchange(refusal_, {})};
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
      return count_bad(tag_ + " NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");
    case sasl::fault::malformed:
      break;
  }
  return bad("Malformed authentication exchange.");
}

server_dialogue::event server_dialogue::on_id(std::string_view arguments) {
  const auto fields = take_id(arguments);
  if (!fields || !arguments.empty())
    return bad("ID needs NIL or a list of pairs.");
  client_id_.clear();
  for (const auto* wanted : {"name", "version"})
    for (const auto& [name, value] : *fields)
      if (equals_ignoring_case(name, wanted) && !value.empty()) {
        client_id_ += client_id_.empty() ? "" : " ";
        client_id_ += value;
        break;
      }
  client_id_.resize(std::min(client_id_.size(), max_client_id_octets));
  return answer("OK ID completed.", "* ID (\"name\" \"Stellwerk\")\r\n");
}

server_dialogue::event server_dialogue::on_starttls() {
  if (settings_.tls_active)
    return bad("TLS is active already.");
  if (!settings_.offers_starttls)
    return bad("STARTTLS is not offered here.");
  awaiting_ = awaiting::tls;
  return start_tls{tag_ + " OK Begin TLS negotiation now.\r\n"};
}

void server_dialogue::on_tls_started() {
  settings_.tls_active = true;
  awaiting_ = awaiting::command;
  reader_ = frame_reader{settings_.max_line_octets, settings_.max_literal_octets};
  tag_.clear();
  client_id_.clear();
  bad_commands_ = 0;
}

server_dialogue::event server_dialogue::on_fault(line_status status) {
  return end(status == line_status::too_long ? "* BYE This line is too long.\r\n"
                                             : "* BYE Lines must end in CRLF.\r\n");
}

server_dialogue::event server_dialogue::ask_verdict(sasl::credentials credentials) {
  reader_.drop(); // It held the password.
  awaiting_ = awaiting::verdict;
  mech_ = credentials.mech;
  return imap::login{std::move(credentials)};
}

server_dialogue::event server_dialogue::privacy_required(std::string_view login) {
  if (!tried_in_clear_ || !login.empty())
    tried_in_clear_.emplace(login);
  return count_bad(tag_ + " NO [PRIVACYREQUIRED] Log in under TLS only.\r\n");
}

server_dialogue::event server_dialogue::answer(std::string_view rest,
                                               std::string_view untagged) const {
  return say{std::string{untagged} + tag_ + ' ' + std::string{rest} + "\r\n"};
}

server_dialogue::event server_dialogue::bad(std::string_view text) {
  return count_bad(tag_ + " BAD " + std::string{text} + "\r\n");
}

server_dialogue::event server_dialogue::count_bad(std::string text) {
  if (++bad_commands_ < settings_.max_bad_commands)
    return say{std::move(text)};
  return end(std::move(text) + "* BYE Too many commands that make no sense.\r\n");
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
  auto reply = tag_ + " NO ";
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

std::string server_dialogue::login_accepted(const acceptance& accepted) {
  if (awaiting_ != awaiting::verdict)
    return {};
  awaiting_ = awaiting::nothing;
  return accepted.untagged + tag_ + ' ' + accepted.status + "\r\n";
}

std::string server_dialogue::in_progress(std::string_view text) {
  return "* OK [INPROGRESS] " + std::string{text} + "\r\n";
}

bool server_dialogue::inside_command() const {
  return awaiting_ == awaiting::sasl || awaiting_ == awaiting::last_answer
         || (awaiting_ == awaiting::command && reader_.inside_frame());
}

} // namespace stellwerk::imap
