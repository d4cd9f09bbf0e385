#include "protocol/sieve/server_dialogue.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/argument.hpp"
#include "protocol/sieve/response.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk::sieve {
namespace {

std::string line_of(std::string_view words, std::string_view text) {
  return std::string{words} + ' ' + string_of(text, writer::server) + "\r\n";
}

bool needs_login(std::string_view verb) {
  static constexpr std::string_view verbs[]
      = {"HAVESPACE", "PUTSCRIPT",    "LISTSCRIPTS",  "SETACTIVE",
         "GETSCRIPT", "DELETESCRIPT", "RENAMESCRIPT", "CHECKSCRIPT"};
  return std::ranges::any_of(verbs, [&](auto v) { return equals_ignoring_case(v, verb); });
}

} // namespace

server_dialogue::server_dialogue(server_settings settings)
    : settings_{std::move(settings)}, reader_{settings_.max_line_octets,
                                              settings_.max_literal_octets} {}

std::string server_dialogue::told(std::string_view text) const {
  auto channel = client_channel::tls;
  if (!settings_.tls_active)
    channel = settings_.offers_starttls ? client_channel::clear_with_starttls
                                        : client_channel::clear;
  return announced_before_login(settings_.from_backends, channel).text() + line_of("OK", text);
}

std::string server_dialogue::greeting() const {
  return told((settings_.hostname.empty() ? "Stellwerk" : settings_.hostname) + " ready.");
}

server_dialogue::event server_dialogue::take(std::string_view& input) {
  while (awaiting_ == awaiting::command || awaiting_ == awaiting::sasl
         || awaiting_ == awaiting::last_answer) {
    const auto read = reader_.take(input, imap::frame_kind::command);
    if (read.status == imap::frame_status::need_more)
      return need_more{};
    if (read.status == imap::frame_status::fault)
      return end(reader_.line_fault() == line_status::too_long ? "This is too long."
                                                               : "Lines must end in CRLF.");
    if (read.status == imap::frame_status::literal) {
      if (reader_.announced().synchronising)
        return end("A literal is announced as {5+} here.");
      if (!reader_.fits())
        return end("This literal is too long before login.");
      continue;
    }
    return on_frame(read.text);
  }
  if (awaiting_ == awaiting::tls && !input.empty())
    return end("");
  return need_more{};
}

server_dialogue::event server_dialogue::on_frame(std::string_view frame) {
  if (awaiting_ == awaiting::command)
    return on_command(frame);
  if (awaiting_ == awaiting::sasl)
    return on_sasl_answer(frame);
  awaiting_ = awaiting::command;
  return say{std::exchange(refusal_, {})};
}

server_dialogue::event server_dialogue::on_command(std::string_view frame) {
  auto arguments = frame;
  const auto verb = imap::take_word(arguments);
  const auto is = [&](std::string_view name) { return equals_ignoring_case(verb, name); };
  if (is("AUTHENTICATE"))
    return on_authenticate(arguments);
  if (is("NOOP"))
    return on_noop(arguments);
  if (needs_login(verb))
    return bad("Log in first.");
  if (!is("CAPABILITY") && !is("LOGOUT") && !is("STARTTLS"))
    return bad(verb.empty() ? "A command is missing." : "Unknown command.");
  if (verb.size() < frame.size())
    return bad("This command has no arguments.");
  if (is("CAPABILITY"))
    return say{told("Capabilities told.")};
  if (is("STARTTLS"))
    return on_starttls();
  awaiting_ = awaiting::nothing;
  return close{line_of("OK", "Bye.")};
}

// command-noop = "NOOP" [SP string] CRLF
server_dialogue::event server_dialogue::on_noop(std::string_view arguments) {
  if (arguments.empty())
    return say{line_of("OK", "Done.")};
  const auto tag = imap::take_string(arguments);
  if (!tag || !arguments.empty())
    return bad("NOOP takes one string.");
  return say{line_of("OK (TAG " + string_of(*tag, writer::server) + ')', "Done.")};
}

// command-authenticate = "AUTHENTICATE" SP auth-type [SP string] *(CRLF string)
server_dialogue::event server_dialogue::on_authenticate(std::string_view arguments) {
  const auto name = imap::take_string(arguments);
  if (!name)
    return bad("AUTHENTICATE needs a mechanism in quotes.");
  if (!settings_.tls_active) {
    tried_in_clear_.emplace();
    return refuse("NO (ENCRYPT-NEEDED)", "Log in under TLS only.");
  }
  std::optional<std::string> initial_response;
  if (!arguments.empty() && imap::take_space(arguments))
    initial_response = imap::take_string(arguments);
  if (!arguments.empty())
    return bad("AUTHENTICATE needs a mechanism, and maybe a response, in quotes.");
  const auto mechanism = sasl::find_mechanism(*name);
  if (!mechanism)
    return bad("Unknown authentication mechanism.");
  exchange_.emplace(*mechanism);
  auto next = on_sasl_step(exchange_->start(
      initial_response ? std::optional<std::string_view>{*initial_response} : std::nullopt));
  if (initial_response)
    wipe(*initial_response);
  return next;
}

server_dialogue::event server_dialogue::on_sasl_answer(std::string_view frame) {
  auto answer = imap::take_string(frame);
  if (!answer || !frame.empty()) {
    awaiting_ = awaiting::command;
    exchange_.reset();
    return bad("An answer to a challenge is a string.");
  }
  auto next = on_sasl_step(exchange_->on_line(*answer));
  wipe(*answer);
  return next;
}

server_dialogue::event server_dialogue::on_sasl_step(sasl::step next) {
  if (const auto* challenge = std::get_if<sasl::challenge>(&next)) {
    awaiting_ = awaiting::sasl;
    return say{string_of(challenge->text, writer::server) + "\r\n"};
  }
  awaiting_ = awaiting::command;
  exchange_.reset();
  if (auto* credentials = std::get_if<sasl::credentials>(&next))
    return ask_verdict(std::move(*credentials));
  switch (std::get<sasl::fault>(next)) {
    case sasl::fault::cancelled:
      return bad("Authentication cancelled.");
    case sasl::fault::refused:
      return bad("Authentication failed.");
    case sasl::fault::malformed:
      break;
  }
  return bad("Malformed authentication exchange.");
}

server_dialogue::event server_dialogue::on_starttls() {
  if (settings_.tls_active)
    return bad("TLS is active already.");
  if (!settings_.offers_starttls)
    return bad("STARTTLS is not offered here.");
  awaiting_ = awaiting::tls;
  return start_tls{line_of("OK", "Begin TLS negotiation now.")};
}

std::string server_dialogue::on_tls_started() {
  settings_.tls_active = true;
  awaiting_ = awaiting::command;
  reader_ = imap::frame_reader{settings_.max_line_octets, settings_.max_literal_octets};
  bad_commands_ = 0;
  return told("TLS negotiation successful.");
}

server_dialogue::event server_dialogue::ask_verdict(sasl::credentials credentials) {
  reader_.drop(); // It held the password.
  awaiting_ = awaiting::verdict;
  mech_ = credentials.mech;
  return sieve::login{std::move(credentials)};
}

server_dialogue::event server_dialogue::bad(std::string_view text) {
  return refuse("NO", text);
}

server_dialogue::event server_dialogue::refuse(std::string_view words, std::string_view text) {
  if (++bad_commands_ < settings_.max_bad_commands)
    return say{line_of(words, text)};
  return end("Too many commands that make no sense.");
}

server_dialogue::event server_dialogue::end(std::string_view text) {
  awaiting_ = awaiting::nothing;
  return close{text.empty() ? "" : line_of("BYE", text)};
}

std::string server_dialogue::login_refused(std::string_view code, std::string_view text,
                                           std::string_view error) {
  if (awaiting_ != awaiting::verdict)
    return {};
  awaiting_ = awaiting::command;
  const auto words = code.empty() ? std::string{"NO"} : "NO (" + std::string{code} + ')';
  auto reply = line_of(words, text.empty() ? "Login refused." : text);
  const auto challenge
      = is_temporary(code) ? std::nullopt : sasl::refusal_challenge(mech_, error);
  if (!challenge)
    return reply;
  awaiting_ = awaiting::last_answer;
  refusal_ = std::move(reply);
  return string_of(*challenge, writer::server) + "\r\n";
}

std::string server_dialogue::login_accepted(std::string_view text) {
  if (awaiting_ != awaiting::verdict)
    return {};
  awaiting_ = awaiting::nothing;
  return line_of("OK", text.empty() ? "Logged in." : text);
}

bool server_dialogue::inside_command() const {
  return awaiting_ == awaiting::sasl || awaiting_ == awaiting::last_answer
         || (awaiting_ == awaiting::command && reader_.inside_frame());
}

std::string bye(std::string_view text) {
  return line_of("BYE (TRYLATER)", text.empty() ? "Please connect again." : text);
}

} // namespace stellwerk::sieve
