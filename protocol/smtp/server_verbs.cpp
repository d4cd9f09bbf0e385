#include "protocol/smtp/server_verbs.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stellwerk::smtp {
namespace {

/// What a check hands on, or why the command is refused.
template <class Value> using checked = std::variant<Value, reply>;
using nothing = std::monostate;

/// When a verb may come.
enum class when { any_time, greeted, before_mail, in_transaction };

struct login_start {
  sasl::mechanism mechanism;
  std::optional<std::string> initial_response;
};

reply not_announced() { return make_reply(555, "5.5.4", "Parameter not announced"); }

reply too_large() { return make_reply(552, "5.3.4", "The message is larger than SIZE allows"); }

reply explain(command_fault fault, bool of_mail) {
  switch (fault) {
    case command_fault::syntax:
      return make_reply(501, "5.5.4",
                        of_mail ? "Syntax: MAIL FROM:<address> [parameters]"
                                : "Syntax: RCPT TO:<address> [parameters]");
    case command_fault::path:
      return of_mail ? make_reply(501, "5.1.7", "Bad sender address syntax")
                     : make_reply(501, "5.1.3", "Bad recipient address syntax");
    case command_fault::unknown_parameter:
      return not_announced();
    case command_fault::bad_parameter:
      return make_reply(501, "5.5.4", "A parameter has a bad value or comes twice");
    case command_fault::smtputf8_needed:
      return make_reply(553, "5.6.7", "Such an address needs SMTPUTF8 at MAIL");
    case command_fault::domain_without_form:
      break;
  }
  return make_reply(553, "5.1.3", "Write this domain in its xn-- form");
}

std::string tokens(const sasl::mechanism_set& of_backends) {
  std::string text;
  for (const auto mech : {sasl::mechanism::xoauth2, sasl::mechanism::oauthbearer})
    if (of_backends.contains(mech))
      (text += ' ') += sasl::name(mech);
  return text;
}

} // namespace

struct server_verbs::table {
  using dialogue = server_dialogue;

  struct row {
    std::string_view verb;
    bool in_clear; ///< Taken although TLS is required and not there.
    when allowed;
    server_event (*run)(dialogue&, std::string_view arguments);
  };

  // A check parses once and hands the value on to what proceeds with it.
  template <auto Check, auto Proceed>
  static server_event led(dialogue& d, std::string_view arguments) {
    auto value = Check(d, arguments);
    if (const auto* refusal = std::get_if<reply>(&value))
      return d.refuse(*refusal);
    return Proceed(d, std::get<0>(std::move(value)));
  }

  static server_event owe(dialogue& d, dialogue::owed what, server_event event) {
    d.owed_ = what;
    return event;
  }

  static event::say say(int code, std::string_view enhanced, std::string_view text) {
    return {make_reply(code, enhanced, text).to_string()};
  }

  static checked<nothing> check_bare(dialogue&, std::string_view arguments) {
    if (!arguments.empty())
      return make_reply(501, "5.5.4", "This command takes no argument");
    return nothing{};
  }

  // EHLO, HELO

  static checked<std::string> check_name(dialogue&, std::string_view arguments) {
    auto name = clean_helo_name(arguments);
    if (name.empty())
      return make_reply(501, "5.5.4", "Give the name of your host");
    return name;
  }

  template <bool Esmtp> static server_event proceed_greeting(dialogue& d, std::string name) {
    d.session_.helo_name = std::move(name);
    d.session_.esmtp = Esmtp;
    if (d.transaction_)
      return owe(d, dialogue::owed::ehlo, event::reset{});
    return event::say{greet_back(d).to_string()};
  }

  // STARTTLS

  static checked<nothing> check_starttls(dialogue& d, std::string_view arguments) {
    if (!d.settings_.offers_starttls)
      return make_reply(502, "5.5.1", "STARTTLS is not offered here");
    if (d.settings_.tls_active)
      return make_reply(503, "5.5.1", "TLS is active already");
    return check_bare(d, arguments);
  }

  static server_event proceed_starttls(dialogue& d, nothing) {
    const auto text = make_reply(220, "2.0.0", "Ready to start TLS").to_string();
    return owe(d, dialogue::owed::tls, event::start_tls{text});
  }

  // AUTH

  static checked<login_start> check_auth(dialogue& d, std::string_view arguments) {
    if (!d.settings_.offers_auth)
      return make_reply(502, "5.5.1", "AUTH is not offered here");
    if (!d.settings_.tls_active)
      return make_reply(538, "5.7.11", "Encryption required, issue STARTTLS first");
    if (!d.session_.esmtp)
      return make_reply(503, "5.5.1", "Send EHLO first");
    if (d.session_.authenticated)
      return make_reply(503, "5.5.1", "You have authenticated already");
    const auto [name, initial_response] = split_command(arguments);
    if (name.empty())
      return make_reply(501, "5.5.4", "Syntax: AUTH mechanism [initial-response]");
    const auto mechanism = sasl::find_mechanism(name);
    if (!mechanism)
      return make_reply(504, "5.5.4", "This mechanism is not offered");
    login_start start{*mechanism, std::nullopt};
    if (!initial_response.empty())
      start.initial_response = initial_response;
    return start;
  }

  static server_event proceed_auth(dialogue& d, login_start start) {
    d.exchange_.emplace(start.mechanism);
    auto event = d.on_sasl(d.exchange_->start(start.initial_response));
    if (start.initial_response)
      wipe(*start.initial_response);
    return event;
  }

  // MAIL

  static bool has_parameters(const mail_command& mail) {
    return mail != mail_command{.from = mail.from};
  }

  static bool is_announced(const dialogue& d, const mail_command& mail) {
    const auto& offered = d.settings_;
    return (d.session_.esmtp || !has_parameters(mail)) && (!mail.size || offered.size_limit)
           && (!mail.body || offered.eight_bit_mime) && mail.body != body_type::binary_mime
           && (!mail.smtputf8 || offered.smtputf8)
           && (!mail.auth || (offered.offers_auth && offered.tls_active))
           && ((!mail.ret && !mail.envid) || offered.dsn);
  }

  static checked<mail_command> check_mail(dialogue& d, std::string_view arguments) {
    if (d.settings_.role == role::submission && !d.session_.authenticated)
      return make_reply(530, "5.7.0", "Authentication required");
    auto parsed = parse_mail(arguments);
    if (const auto* fault = std::get_if<command_fault>(&parsed))
      return explain(*fault, true);
    auto& mail = std::get<mail_command>(parsed);
    if (!is_announced(d, mail))
      return not_announced();
    if (d.size_limit() != 0 && mail.size.value_or(0) > d.size_limit())
      return too_large();
    return std::move(mail);
  }

  static server_event proceed_mail(dialogue& d, mail_command mail) {
    d.asked_smtputf8_ = mail.smtputf8;
    return owe(d, dialogue::owed::mail, event::mail{std::move(mail)});
  }

  // RCPT, DATA

  // Is this the moment for a recipient or for DATA?
  static std::optional<reply> refusal_amid_chunks(const dialogue& d) {
    if (d.transaction_->chunked || d.transaction_->failure)
      return make_reply(503, "5.5.1", "Chunks have come, send the last one or RSET");
    return std::nullopt;
  }

  static checked<rcpt_command> check_rcpt(dialogue& d, std::string_view arguments) {
    if (auto refusal = refusal_amid_chunks(d))
      return *std::move(refusal);
    auto parsed = parse_rcpt(arguments, d.transaction_->smtputf8);
    if (const auto* fault = std::get_if<command_fault>(&parsed))
      return explain(*fault, false);
    auto& rcpt = std::get<rcpt_command>(parsed);
    if ((rcpt.notify || rcpt.orcpt) && !(d.session_.esmtp && d.settings_.dsn))
      return not_announced();
    return std::move(rcpt);
  }

  static server_event proceed_rcpt(dialogue& d, rcpt_command rcpt) {
    if (d.transaction_->recipients >= d.settings_.max_recipients)
      return say(452, "4.5.3",
                 "Too many recipients, send the rest in a transaction of its own");
    return owe(d, dialogue::owed::rcpt, event::rcpt{std::move(rcpt)});
  }

  static std::optional<reply> refusal_without_recipient(const dialogue& d) {
    if (d.transaction_->recipients > 0)
      return std::nullopt;
    // Some clients judge a message by this reply alone, and would bounce it.
    if (d.transaction_->deferred)
      return make_reply(451, "4.5.1", "No recipient is accepted yet, please try again later");
    return make_reply(554, "5.5.1", "No valid recipients");
  }

  static checked<nothing> check_data(dialogue& d, std::string_view arguments) {
    if (auto refusal = refusal_amid_chunks(d))
      return *std::move(refusal);
    if (auto refusal = refusal_without_recipient(d))
      return *std::move(refusal);
    return check_bare(d, arguments);
  }

  static server_event proceed_data(dialogue& d, nothing) {
    return owe(d, dialogue::owed::data, event::data{});
  }

  // BDAT: its octets follow at once, so they must be taken whatever is said to them.

  static std::optional<reply> refusal_of_chunk(const dialogue& d, std::uint64_t octets) {
    if (auto refusal = out_of_order(d, {"BDAT", false, when::in_transaction, nullptr}))
      return refusal;
    if (d.transaction_->failure)
      return d.transaction_->failure;
    if (auto refusal = refusal_without_recipient(d))
      return refusal;
    const auto limit = d.size_limit();
    if (limit != 0 && octets > limit - std::min(limit, d.transaction_->octets))
      return too_large();
    return std::nullopt;
  }

  static server_event bdat(dialogue& d, std::string_view arguments) {
    const auto command = parse_bdat(arguments);
    if (!command)
      return d.close(make_reply(501, "5.5.4", "Syntax: BDAT size [LAST]"));
    auto refusal = refusal_of_chunk(d, command->octets);
    if (refusal)
      ++d.errors_;
    else
      d.transaction_->octets += command->octets;
    d.chunk_left_ = command->octets;
    d.chunk_is_last_ = command->is_last;
    const bool is_first = d.transaction_ && !d.transaction_->chunked;
    return owe(d, dialogue::owed::chunk,
               event::chunk{is_first, command->is_last, command->octets, std::move(refusal)});
  }

  // The rest

  static server_event proceed_rset(dialogue& d, nothing) {
    if (d.transaction_)
      return owe(d, dialogue::owed::rset, event::reset{});
    return say(250, "2.0.0", "OK");
  }

  static checked<nothing> check_vrfy(dialogue&, std::string_view arguments) {
    if (arguments.empty())
      return make_reply(501, "5.5.4", "Syntax: VRFY address");
    return nothing{};
  }

  static server_event proceed_vrfy(dialogue&, nothing) {
    return say(252, "2.0.0", "Cannot verify, but will take mail and try");
  }

  static server_event proceed_quit(dialogue& d, nothing) {
    return d.close(make_reply(221, "2.0.0", "Bye"));
  }

  static server_event noop(dialogue&, std::string_view) { return say(250, "2.0.0", "OK"); }

  static server_event help(dialogue&, std::string_view) {
    return say(214, "2.0.0", "This server speaks SMTP, see RFC 5321");
  }

  static server_event not_offered(dialogue& d, std::string_view) {
    return d.refuse(make_reply(502, "5.5.1", "This command is not offered"));
  }

  // A browser that was lured here: what it carries must not be tried as mail.
  static server_event other_protocol(dialogue& d, std::string_view) {
    return d.close(make_reply(500, "5.5.2", "This is not HTTP"));
  }

  static constexpr auto rows() {
    using enum when;
    return std::to_array<row>({
        // clang-format off
        {"EHLO",     true,  any_time,       led<check_name, proceed_greeting<true>>},
        {"HELO",     true,  any_time,       led<check_name, proceed_greeting<false>>},
        {"STARTTLS", true,  before_mail,    led<check_starttls, proceed_starttls>},
        {"AUTH",     false, before_mail,    led<check_auth, proceed_auth>},
        {"MAIL",     false, before_mail,    led<check_mail, proceed_mail>},
        {"RCPT",     false, in_transaction, led<check_rcpt, proceed_rcpt>},
        {"DATA",     false, in_transaction, led<check_data, proceed_data>},
        {"RSET",     true,  any_time,       led<check_bare, proceed_rset>},
        {"NOOP",     true,  any_time,       noop},
        {"QUIT",     true,  any_time,       led<check_bare, proceed_quit>},
        {"VRFY",     false, any_time,       led<check_vrfy, proceed_vrfy>},
        {"HELP",     false, any_time,       help},
        {"EXPN",     false, any_time,       not_offered},
        {"BDAT",     true,  any_time,       bdat},
        {"ETRN",     false, any_time,       not_offered},
        {"TURN",     false, any_time,       not_offered},
        {"GET",      true,  any_time,       other_protocol},
        {"POST",     true,  any_time,       other_protocol},
        {"PUT",      true,  any_time,       other_protocol},
        {"CONNECT",  true,  any_time,       other_protocol},
        // clang-format on
    });
  }

  static void note_in_clear(dialogue& d, std::string_view verb) {
    if (d.settings_.tls_active)
      return;
    if (verb == "AUTH" || (verb == "MAIL" && d.settings_.role == role::submission))
      d.session_.tried_login_in_clear = true;
    else if (verb == "MAIL" && d.settings_.tls_required)
      d.session_.tried_mail_in_clear = true;
  }

  // Is this the moment for the verb? If not, why.
  static std::optional<reply> out_of_order(const dialogue& d, const row& found) {
    if (d.settings_.tls_required && !d.settings_.tls_active && !found.in_clear)
      return make_reply(530, "5.7.0", "Must issue a STARTTLS command first");
    if (found.allowed == when::any_time)
      return std::nullopt;
    if (d.session_.helo_name.empty() && found.verb != "STARTTLS")
      return make_reply(503, "5.5.1", "Send EHLO first");
    if (found.allowed == when::in_transaction && !d.transaction_)
      return make_reply(503, "5.5.1", "Send MAIL first");
    if (found.allowed == when::before_mail && d.transaction_)
      return make_reply(503, "5.5.1", "A transaction is open, end it with RSET");
    return std::nullopt;
  }
};

server_event server_verbs::run(server_dialogue& dialogue, std::string_view line) {
  const auto [verb, arguments] = split_command(line);
  static constexpr auto rows = table::rows();
  for (const auto& row : rows) {
    if (!equals_ignoring_case(row.verb, verb))
      continue;
    table::note_in_clear(dialogue, row.verb);
    if (const auto refusal = table::out_of_order(dialogue, row))
      return dialogue.refuse(*refusal);
    return row.run(dialogue, arguments);
  }
  return dialogue.refuse(make_reply(500, "5.5.2", "Command not recognized"));
}

reply server_verbs::greet_back(const server_dialogue& dialogue) {
  const auto& offered = dialogue.settings_;
  auto text = offered.hostname;
  if (dialogue.session_.esmtp) {
    text += "\nPIPELINING\nCHUNKING";
    if (offered.size_limit)
      text += "\nSIZE " + std::to_string(*offered.size_limit);
    if (offered.offers_starttls && !offered.tls_active)
      text += "\nSTARTTLS";
    if (offered.offers_auth && offered.tls_active)
      text += "\nAUTH PLAIN LOGIN" + tokens(offered.auth_of_backends);
    text += "\nENHANCEDSTATUSCODES";
    if (offered.eight_bit_mime)
      text += "\n8BITMIME";
    if (offered.dsn)
      text += "\nDSN";
    if (offered.smtputf8)
      text += "\nSMTPUTF8";
  }
  return make_reply(250, "", text);
}

} // namespace stellwerk::smtp
