#include "actors/smtp_session.hpp"

#include "actors/login_floor.hpp"
#include "protocol/accounts/sender_rule.hpp"

namespace stellwerk {
namespace {

using smtp::make_reply;

smtp::reply login_refused() {
  return make_reply(535, "5.7.8", "Authentication credentials invalid");
}

smtp::reply login_unavailable() {
  return make_reply(454, "4.7.0", "Temporary authentication failure, please try again later");
}

presence at_own_server(const login_judgement& judged, const route_decision& route) {
  return {.kind = presence_kind::submission,
          .login = judged.presented,
          .domain = route.domain,
          .where = route.to};
}

} // namespace

struct smtp_session::life {
  smtp_session& self;
  smtp::server_dialogue dialogue;
  ticket counted{self.surroundings_ptr()};
  smtp_backends backends{};
  std::string login{};
  std::optional<smtp_transaction> transaction{};

  ~life() {
    for (auto* backend :
         {backends.own.get(), backends.delivery[0].get(), backends.delivery[1].get()})
      if (backend != nullptr)
        backend->part();
  }
};

smtp::server_settings smtp_session::dialogue_settings() const {
  const auto& settings = now_in_force().settings();
  smtp::server_settings made;
  made.hostname = surroundings().hostname;
  made.role = is_submission() ? smtp::role::submission : smtp::role::delivery;
  made.tls_active = listener().tls == listener_tls::implicit;
  made.offers_starttls = listener().tls == listener_tls::starttls;
  made.tls_required = is_submission() || settings.policy.delivery_tls == policy_mode::enforce;
  made.offers_auth = is_submission();
  if (const auto common = facts().common_features(listener().protocol)) {
    made.size_limit = common->size;
    made.eight_bit_mime = common->eight_bit_mime;
    made.smtputf8 = common->smtputf8;
    made.dsn = common->dsn;
  }
  made.max_line_octets = settings.limits.line;
  made.max_recipients = settings.limits.recipients;
  return made;
}

io::task<void> smtp_session::converse() {
  life here{*this, smtp::server_dialogue{dialogue_settings()}};
  const auto limits = now_in_force().settings().limits; // A copy: worlds come and go.
  const auto login_until = within(limits.unauthenticated);
  co_await tell_client(here.dialogue.greeting(), within(limits.command));
  for (;;) {
    co_await pace_client(within(limits.command));
    auto event = here.dialogue.take(client().inbox().rest());
    if (!std::holds_alternative<smtp::event::need_more>(event)) {
      if (!co_await attend(here, event))
        co_return;
      continue;
    }
    auto until = within(limits.command);
    if (is_submission() && here.login.empty())
      until = std::min(until, login_until);
    if (is_draining() && here.dialogue.is_between_commands() && !here.transaction) {
      co_await tell_client(make_reply(421, "4.3.2", drain_reason()).to_string(), until);
      log(log::event::session_drained, {{"login", here.login}});
      co_return;
    }
    co_await hear_client(until);
  }
}

/// False: the session ends.
io::task<bool> smtp_session::attend(life& here, smtp::server_event& event) {
  const auto until = within(now_in_force().settings().limits.command);
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

io::task<smtp::reply> smtp_session::attend_mail(life& here, smtp::mail_command& command) {
  if (epoch_has_changed())
    co_await refresh_standing();
  const auto& now = now_in_force();
  const auto from = command.from ? smtp::to_string(*command.from) : std::string{};
  if (!here.login.empty()) {
    const auto login
        = judge_login(*now.current.accounts, now.settings().policy.login_case, here.login);
    const auto judged = judge_envelope_sender(
        *now.current.accounts, now.settings().policy.sender_envelope, login, from);
    if (judged.finding != sender_finding::none)
      log(log::event::sender_foreign, {{"login", here.login},
                                       {"sender", from},
                                       {"allowed", judged.allowed},
                                       {"client", client_end().text()}});
    if (!judged.allowed)
      co_return make_reply(553, "5.7.1", "Sender address rejected: not owned by your login");
  } else if (!here.dialogue.is_tls_active()) {
    log(log::event::plaintext_delivery, {{"sender", from}, {"client", client_end().text()}});
  }
  here.transaction.emplace(*this, here.backends,
                           smtp_client{.helo = here.dialogue.helo_name(),
                                       .esmtp = here.dialogue.is_esmtp(),
                                       .tls = here.dialogue.is_tls_active(),
                                       .login = here.login},
                           std::move(command));
  co_return make_reply(250, "2.1.0", "Ok");
}

io::task<void> smtp_session::attend_login(life& here, const sasl::credentials& who) {
  const auto asked = now();
  const auto said = co_await decide(here, who);
  if (said.is_positive()) {
    here.login = who.authcid;
  } else {
    if (said.is_permanent() && here.backends.own)
      note_backend_refusal(now() - asked);
    here.backends.own.reset();
    here.counted.leave_now();
    if (said.is_permanent())
      for (const auto due = refusal_due(asked); now() < due;) {
        look_at_orders();
        co_await event(due);
      }
    log(said.is_permanent() ? log::event::login_refused : log::event::login_unavailable,
        {{"login", who.authcid},
         {"client", client_end().text()},
         {"code", said.code},
         {"software", here.dialogue.helo_name()}});
  }
  client().stream().write(here.dialogue.answer(said));
}

/// Decides under the epoch in force, as often as that changes before the backend has said yes.
io::task<smtp::reply> smtp_session::decide(life& here, const sasl::credentials& who) {
  std::optional<login_finding> logged;
  for (;;) {
    const auto deciding = current().now;
    const auto judged = judge_login(*deciding->current.accounts,
                                    deciding->settings().policy.login_case, who.authcid);
    log_finding(judged, logged);
    const auto route = submission_route(deciding->current, judged);
    if (!judged.allowed || route.verdict == route_verdict::refuse)
      co_return login_refused();

    co_await enter_as(here.counted.number(), at_own_server(judged, route));
    forget_drain();
    if (current().now->epoch() != deciding->epoch())
      continue;
    if (here.backends.own
        && (here.backends.own->connection().call().where != route.to
            || here.backends.own->connection().made_under() != current().now)) {
      here.backends.own->part();
      here.backends.own.reset();
    }
    if (auto said = co_await try_backend(here, judged, who))
      co_return std::move(*said);
    co_await refresh_standing();
  }
}

/// Nothing: the epoch has changed, decide anew.
io::task<std::optional<smtp::reply>> smtp_session::try_backend(life& here,
                                                               const login_judgement& judged,
                                                               const sasl::credentials& who) {
  const auto deciding = current().now;
  const auto where = submission_route(deciding->current, judged).to;
  auto& backend = here.backends.own;
  if (!backend) {
    const auto began = now();
    backend = std::make_unique<smtp_backend>(*this, surroundings_ptr());
    backend_call call{where, mail_protocol::submission, client_end(), local_end()};
    smtp_backend::introduction client{here.dialogue.helo_name(), here.dialogue.is_esmtp()};
    const auto problem
        = co_await backend->open(deciding, std::move(call), std::move(client), true);
    if (!problem.empty()) {
      log(log::event::backend_failed, {{"backend", text_of(where)}, {"why", problem}});
      co_return login_unavailable();
    }
    log_ready(where, backend->connection(), began);
    learn(where, mail_protocol::submission, backend->offered());
  }
  if (epoch_has_changed())
    co_return std::nullopt;

  const sasl::credentials replayed{.authcid = judged.login_at(where),
                                   .password = who.password.clone(),
                                   .authzid = {},
                                   .mech = who.mech};
  auto said = co_await backend->log_in(replayed);
  if (!said) {
    log(log::event::backend_failed, {{"backend", text_of(where)}, {"why", backend->problem()}});
    co_return login_unavailable();
  }
  if (!said->is_positive())
    co_return smtp::is_login_refusal(*said) ? login_refused() : login_unavailable();
  while (epoch_has_changed()) {
    // The backend's yes came under an old epoch: unless the new one says the same, it is void.
    // Counted anew, so that orders to leave by an epoch between the two are void as well.
    co_await enter_as(here.counted.number(),
                      at_own_server(judged, submission_route(deciding->current, judged)));
    forget_drain();
    const auto& now = now_in_force();
    const auto again
        = judge_login(*now.current.accounts, now.settings().policy.login_case, who.authcid);
    const auto route = submission_route(now.current, again);
    if (!again.allowed || route.verdict != route_verdict::serve || route.to != where
        || again.login_at(where) != judged.login_at(where)) {
      backend->part();
      backend.reset();
      co_return std::nullopt;
    }
  }
  log(log::event::login_accepted, {{"login", judged.presented},
                                   {"backend", text_of(where)},
                                   {"epoch", now_in_force().epoch()},
                                   {"client", client_end().text()},
                                   {"software", here.dialogue.helo_name()}});
  co_return make_reply(235, "2.7.0", "Authentication successful");
}

} // namespace stellwerk
