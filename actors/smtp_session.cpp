#include "actors/smtp_session.hpp"

#include "actors/findings/session_findings.hpp"
#include "actors/login_desk.hpp"
#include "protocol/accounts/sender_rule.hpp"

namespace stellwerk {
namespace {

using smtp::make_reply;

smtp::reply reply_to_login(const login_outcome& outcome) {
  switch (outcome.came) {
    case login_outcome::verdict::accepted:
      return make_reply(235, "2.7.0", "Authentication successful");
    case login_outcome::verdict::refused:
      return make_reply(535, "5.7.8", "Authentication credentials invalid");
    case login_outcome::verdict::unavailable:
    case login_outcome::verdict::moving:
      break;
  }
  return make_reply(454, "4.7.0", "Temporary authentication failure, please try again later");
}

} // namespace

struct smtp_session::life {
  smtp_session& self;
  smtp::server_dialogue dialogue;
  login_desk desk{self, presence_kind::submission, mail_protocol::submission,
                  [this]() -> std::unique_ptr<login_backend> {
                    return std::make_unique<smtp_backend>(
                        self, self.surroundings_ptr(),
                        smtp_backend::introduction{dialogue.helo_name(), dialogue.is_esmtp()});
                  }};
  smtp_backends backends{};
  std::optional<smtp_transaction> transaction{};
  clear_attempts in_clear{};
  io::clock::time_point login_until = io::clock::time_point::max();

  ~life() {
    if (backends.own != nullptr)
      backends.own->part();
    for (const auto& backend : backends.delivery)
      if (backend)
        backend->part();
    if (backends.spare)
      backends.spare->part();
  }
};

/// What a client may use, after a login on port 25 as well as before.
std::optional<smtp::features> smtp_session::promised_features() const {
  auto promised = facts().common_features(now_in_force(), listener().protocol);
  const auto submission = facts().common_features(now_in_force(), mail_protocol::submission);
  if (!listener().auth || !promised || !submission)
    return promised;
  promised = smtp::common(*promised, *submission);
  promised->auth = submission->auth; // Logins are theirs.
  return promised;
}

smtp::server_settings smtp_session::dialogue_settings() const {
  const auto& settings = now_in_force().settings();
  smtp::server_settings made;
  made.hostname = surroundings().hostname;
  made.role = is_submission() ? smtp::role::submission : smtp::role::delivery;
  made.tls_active = listener().tls == listener_tls::implicit;
  made.offers_starttls = listener().tls == listener_tls::starttls;
  made.tls_required = is_submission() || !rules().allows_plain_delivery().judged;
  made.offers_auth = is_submission() || listener().auth;
  if (const auto promised = promised_features()) {
    made.size_limit = promised->size;
    made.eight_bit_mime = promised->eight_bit_mime;
    made.smtputf8 = promised->smtputf8;
    made.dsn = promised->dsn;
    for (const auto& name : promised->auth)
      made.auth_of_backends.add(name);
  }
  made.max_line_octets = settings.limits.line;
  made.max_recipients = settings.limits.recipients;
  return made;
}

io::task<void> smtp_session::converse() {
  life here{*this, smtp::server_dialogue{dialogue_settings()}};
  const auto limits = now_in_force().settings().limits; // A copy: worlds come and go.
  if (is_submission())
    here.login_until = within(limits.unauthenticated);
  co_await tell_client(here.dialogue.greeting(), within(limits.command));
  auto command_until = within(limits.command); // However slowly its octets drip.
  for (;;) {
    co_await pace_client(within(limits.command));
    auto event = here.dialogue.take(client().inbox().rest());
    if (here.dialogue.has_tried_login_in_clear())
      here.in_clear.note_login(*this, {}, here.dialogue.helo_name());
    if (here.dialogue.has_tried_mail_in_clear())
      here.in_clear.note_mail(*this, here.dialogue.helo_name());
    if (!std::holds_alternative<smtp::event::need_more>(event)) {
      if (!co_await attend(here, event))
        co_return;
      command_until = within(limits.command);
      continue;
    }
    const auto until = std::min(command_until, patience_with(here));
    if (is_draining() && here.dialogue.is_between_commands() && !here.transaction) {
      co_await tell_client(make_reply(421, "4.3.2", drain_reason()).to_string(), until);
      log(log::event::session_drained, {{"login", here.desk.login()}});
      co_return;
    }
    co_await hear_client(until);
  }
}

/// How long the client may take for its next step; nobody holds a submission for long without
/// a login.
io::clock::time_point smtp_session::patience_with(const life& here) const {
  const auto until = within(now_in_force().settings().limits.command);
  return here.desk.login().empty() ? std::min(until, here.login_until) : until;
}

/// False: the session ends.
io::task<bool> smtp_session::attend(life& here, smtp::server_event& event) {
  const auto until = patience_with(here);
  auto& dialogue = here.dialogue;
  const auto answer = [&](const smtp::reply& said) {
    client().stream().write(dialogue.answer(said));
    return said.code != 421;
  };
  if (auto* text = std::get_if<smtp::event::say>(&event)) {
    client().stream().write(text->text);
  } else if (auto* yes = std::get_if<smtp::event::start_tls>(&event)) {
    co_await upgrade_client(yes->text, until);
    dialogue.on_tls_started();
  } else if (auto* who = std::get_if<smtp::event::authenticate>(&event)) {
    co_await attend_login(here, who->credentials);
  } else if (auto* mail = std::get_if<smtp::event::mail>(&event)) {
    co_return answer(co_await attend_mail(here, mail->command));
  } else if (auto* rcpt = std::get_if<smtp::event::rcpt>(&event)) {
    co_return answer(co_await here.transaction->rcpt(rcpt->command));
  } else if (std::holds_alternative<smtp::event::data>(event)) {
    co_await attend_data(here);
  } else if (auto* chunk = std::get_if<smtp::event::chunk>(&event)) {
    co_return co_await attend_chunk(here, *chunk);
  } else if (std::holds_alternative<smtp::event::reset>(event)) {
    here.transaction.reset(); // A backend hears RSET before its next MAIL.
    co_return answer(make_reply(250, "2.0.0", "Reset"));
  } else if (auto* end = std::get_if<smtp::event::close>(&event)) {
    co_await tell_client(end->text, until);
    co_return false;
  }
  co_return true;
}

io::task<void> smtp_session::attend_data(life& here) {
  auto said = co_await here.transaction->data();
  client().stream().write(here.dialogue.answer(said));
  if (said.code != 354)
    co_return;
  said = co_await here.transaction->content();
  here.transaction.reset();
  client().stream().write(here.dialogue.content_answer(said));
}

/// The octets of a chunk are read whatever is said to them. False: the session ends.
io::task<bool> smtp_session::attend_chunk(life& here, const smtp::event::chunk& chunk) {
  auto refusal = chunk.refusal;
  if (chunk.is_first && !refusal) {
    auto said = co_await here.transaction->data();
    if (said.code != 354)
      refusal = std::move(said);
  }
  if (refusal)
    here.transaction.reset();
  for (;;) {
    const auto octets = here.dialogue.take_chunk(client().inbox().rest());
    if (here.transaction)
      co_await here.transaction->chunk_octets(octets);
    if (here.dialogue.chunk_octets_left() == 0)
      break;
    co_await hear_client(patience_with(here));
  }
  smtp::reply said;
  if (refusal)
    said = std::move(*refusal);
  else
    said = co_await here.transaction->chunk_end(chunk.is_last);
  if (chunk.is_last || !said.is_positive())
    here.transaction.reset();
  client().stream().write(here.dialogue.chunk_answer(said));
  co_return said.code != 421;
}

io::task<smtp::reply> smtp_session::attend_mail(life& here, smtp::mail_command& command) {
  if (epoch_has_changed())
    co_await refresh_standing();
  const auto from = command.from ? smtp::to_string(*command.from) : std::string{};
  if (!here.desk.login().empty()) {
    const auto login = rules().judge_login(here.desk.login()).judged;
    const auto [judged, exemption] = rules().judge_envelope(login, from);
    note_exception(exemption, here.desk.login());
    if (judged.finding != sender_finding::none) {
      log(log::event::sender_foreign, {{"login", here.desk.login()},
                                       {"field", "MAIL"},
                                       {"sender", from},
                                       {"allowed", judged.allowed},
                                       {"client", client_end().text()}});
      note_finding(*this, finding_kind::foreign_sender,
                   {.domain = login.domain,
                    .login = here.desk.login(),
                    .address = from,
                    .software = here.dialogue.helo_name(),
                    .accepted = true});
    }
    if (!judged.allowed)
      co_return make_reply(553, "5.7.1", "Sender address rejected: not owned by your login");
  } else if (!here.dialogue.is_tls_active()) {
    note_exception(rules().allows_plain_delivery().exempted_by, {});
    log(log::event::plaintext_delivery, {{"sender", from}, {"client", client_end().text()}});
    note_finding(*this, finding_kind::plaintext_delivery,
                 {.address = from, .software = here.dialogue.helo_name()});
  }
  here.transaction.emplace(*this, here.backends,
                           smtp_client{.helo = here.dialogue.helo_name(),
                                       .esmtp = here.dialogue.is_esmtp(),
                                       .tls = here.dialogue.is_tls_active(),
                                       .login = here.desk.login(),
                                       .size_limit = here.dialogue.size_limit()},
                           std::move(command));
  co_return make_reply(250, "2.1.0", "Ok");
}

io::task<void> smtp_session::attend_login(life& here, const sasl::credentials& who) {
  const auto outcome = co_await here.desk.attend(who, here.dialogue.helo_name());
  if (outcome.came == login_outcome::verdict::accepted) {
    here.backends.own = static_cast<smtp_backend*>(here.desk.backend());
    if (!is_submission())
      log(log::event::submission_on_25, {{"login", who.authcid},
                                         {"client", client_end().text()},
                                         {"software", here.dialogue.helo_name()}});
  }
  client().stream().write(here.dialogue.answer(reply_to_login(outcome), outcome.token_error));
}

} // namespace stellwerk
