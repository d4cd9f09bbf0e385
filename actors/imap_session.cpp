#include "actors/imap_session.hpp"

#include "actors/login_floor.hpp"

#include <caf/send.hpp>

namespace stellwerk {
namespace {

constexpr const char* refused_text = "Authentication failed.";
constexpr const char* unavailable_text = "Temporary problem, please try again later.";
constexpr int turns_before_yield = 8;
constexpr std::chrono::seconds half_close_budget{30};
constexpr std::chrono::seconds quiet_before_close{2};

presence at_mailbox(const login_judgement& judged, const route_decision& route) {
  return {.kind = presence_kind::access,
          .login = judged.presented,
          .domain = route.domain,
          .where = route.to};
}

} // namespace

struct imap_session::life {
  imap_session& self;
  imap::server_dialogue dialogue;
  ticket counted{self.surroundings_ptr()};
  std::unique_ptr<imap_backend> backend{};
  std::string login{};
};

io::task<void> imap_session::converse() {
  const auto& limits = now_in_force().settings().limits;
  const auto until = within(limits.unauthenticated);
  life here{*this,
            imap::server_dialogue{{.hostname = surroundings().hostname,
                                   .tls_active = listener().tls == listener_tls::implicit,
                                   .offers_starttls = listener().tls == listener_tls::starttls,
                                   .from_backends = current().facts->common_capabilities(),
                                   .max_line_octets = limits.line,
                                   .max_literal_octets = limits.literal_before_login}}};
  auto& dialogue = here.dialogue;
  co_await tell_client(dialogue.greeting(), until);
  for (;;) {
    co_await pace_client(until);
    auto event = dialogue.take(client().inbox().rest());
    if (auto* text = std::get_if<imap::say>(&event)) {
      client().stream().write(text->text);
    } else if (auto* yes = std::get_if<imap::start_tls>(&event)) {
      co_await upgrade_client(yes->text, until);
      dialogue.on_tls_started();
    } else if (auto* who = std::get_if<imap::login>(&event)) {
      if (co_await attend_login(here, who->credentials))
        co_return co_await relay(here);
    } else if (auto* end = std::get_if<imap::close>(&event)) {
      co_await tell_client(end->text, until);
      co_return;
    } else if (is_draining() && !dialogue.inside_command()) {
      co_await tell_client(imap::bye(drain_reason()), until);
      co_return;
    } else {
      co_await hear_client(until);
    }
  }
}

/// True: logged in, the octets may flow.
io::task<bool> imap_session::attend_login(life& here, const sasl::credentials& who) {
  const auto asked = now();
  auto outcome = co_await decide(here, who);
  const auto until = within(now_in_force().settings().limits.command);
  if (outcome.accepted) {
    here.login = who.authcid;
    co_await tell_client(here.dialogue.login_accepted(*outcome.accepted), until);
    co_return true;
  }
  if (outcome.is_refusal && here.backend)
    note_backend_refusal(now() - asked);
  here.backend.reset();
  here.counted.leave_now();
  if (outcome.is_refusal)
    for (const auto due = refusal_due(asked); now() < due;) {
      look_at_orders();
      co_await event(due);
    }
  log(outcome.is_refusal ? log::event::login_refused : log::event::login_unavailable,
      {{"login", who.authcid},
       {"client", client_end().text()},
       {"code", outcome.code},
       {"software", here.dialogue.client_id()}});
  co_await tell_client(here.dialogue.login_refused(outcome.code, outcome.text), until);
  co_return false;
}

/// Decides under the epoch in force, as often as that changes before the backend has said yes.
io::task<imap_session::login_outcome> imap_session::decide(life& here,
                                                           const sasl::credentials& who) {
  std::optional<login_finding> logged;
  for (;;) {
    const auto deciding = current().now;
    const auto judged = judge_login(*deciding->current.accounts,
                                    deciding->settings().policy.login_case, who.authcid);
    log_finding(judged, logged);
    const auto route = access_route(deciding->current, judged);
    if (!judged.allowed || route.verdict == route_verdict::refuse)
      co_return login_outcome{
          .code = "AUTHENTICATIONFAILED", .text = refused_text, .is_refusal = true};
    if (route.verdict == route_verdict::hold)
      co_return login_outcome{
          .code = "UNAVAILABLE",
          .text = "This mailbox is being moved, please try again in a few minutes."};

    co_await enter_as(here.counted.number(), at_mailbox(judged, route));
    forget_drain();
    if (current().now->epoch() != deciding->epoch())
      continue;
    if (here.backend
        && (here.backend->connection().call().where != route.to
            || here.backend->connection().made_under() != current().now)) {
      here.backend->part();
      here.backend.reset();
    }
    if (auto outcome = co_await try_backend(here, judged, who))
      co_return std::move(*outcome);
    co_await refresh_standing();
  }
}

/// Nothing: the epoch has changed, decide anew.
io::task<std::optional<imap_session::login_outcome>>
imap_session::try_backend(life& here, const login_judgement& judged,
                          const sasl::credentials& who) {
  const auto deciding = current().now;
  const auto where = access_route(deciding->current, judged).to;
  const login_outcome not_now{.code = "UNAVAILABLE", .text = unavailable_text};
  if (!here.backend) {
    const auto began = now();
    here.backend = std::make_unique<imap_backend>(*this, surroundings_ptr());
    backend_call call{where, mail_protocol::imap, client_end(), local_end()};
    const auto problem = co_await here.backend->open(deciding, std::move(call));
    if (!problem.empty()) {
      log(log::event::backend_failed, {{"backend", text_of(where)}, {"why", problem}});
      here.backend.reset();
      co_return not_now;
    }
    log_ready(where, here.backend->connection(), began);
    learn(where, here.backend->capabilities());
  }
  if (epoch_has_changed())
    co_return std::nullopt;

  sasl::credentials replayed{.authcid = judged.login_at(where),
                             .password = who.password.clone(),
                             .authzid = {},
                             .mech = who.mech};
  auto answer = co_await here.backend->log_in(replayed);
  if (auto* yes = std::get_if<imap::acceptance>(&answer)) {
    while (epoch_has_changed()) {
      // The backend's yes came under an old epoch: unless the new one says the same, it is
      // void. Counted anew, so that orders to leave by an epoch between the two are void too.
      co_await enter_as(here.counted.number(),
                        at_mailbox(judged, access_route(deciding->current, judged)));
      forget_drain();
      const auto again = judge_login(*now_in_force().current.accounts,
                                     now_in_force().settings().policy.login_case, who.authcid);
      const auto route = access_route(now_in_force().current, again);
      if (!again.allowed || route.verdict != route_verdict::serve || route.to != where
          || again.login_at(where) != judged.login_at(where)) {
        here.backend->part();
        here.backend.reset();
        co_return std::nullopt;
      }
    }
    log(log::event::login_accepted, {{"login", judged.presented},
                                     {"backend", text_of(where)},
                                     {"epoch", now_in_force().epoch()},
                                     {"client", client_end().text()},
                                     {"software", here.dialogue.client_id()}});
    co_return login_outcome{.accepted = std::move(*yes)};
  }
  if (auto* no = std::get_if<imap::refused>(&answer)) {
    if (imap::is_temporary(no->code))
      co_return login_outcome{.code = std::move(no->code), .text = std::move(no->text)};
    const bool plain = no->code.empty() || no->code == "AUTHENTICATIONFAILED";
    co_return login_outcome{.code = plain ? "AUTHENTICATIONFAILED" : std::move(no->code),
                            .text = plain ? refused_text : std::move(no->text),
                            .is_refusal = true};
  }
  log(log::event::backend_failed,
      {{"backend", text_of(where)}, {"why", std::get<imap::unavailable>(answer).why}});
  here.backend.reset();
  co_return not_now;
}

io::task<void> imap_session::relay(life& here) {
  pump flow{client(), here.backend->wire()};
  flow.begin();
  const auto idle = now_in_force().settings().limits.idle;
  auto idle_until = within(idle);
  auto closing_until = io::clock::time_point::max();
  auto quiet_since = now();
  int turns = 0;
  for (;;) {
    throw_if_cut();
    const bool moved = flow.turn();
    note_relayed({flow.octets_to_client(), flow.octets_to_backend()});
    if (moved) {
      idle_until = within(idle);
      quiet_since = now();
    }
    const auto end = flow.ended();
    if (end == pump::end::backend_closed || client().stream().has_failed())
      break;
    if (end == pump::end::forbidden) {
      client().stream().write(imap::bye("UNAUTHENTICATE is not possible here"));
      break;
    }
    if (end == pump::end::client_closed && closing_until == io::clock::time_point::max()) {
      here.backend->wire().stream().finish();
      closing_until = within(half_close_budget);
    }
    if (is_draining() && flow.at_safe_point() && !moved) {
      client().stream().write(imap::bye(drain_reason()));
      log(log::event::session_drained, {{"login", here.login}});
      break;
    }
    const bool opaque = is_draining() && flow.tracker().opaque();
    if (opaque && now() - quiet_since >= quiet_before_close) {
      log(log::event::session_drained, {{"login", here.login}});
      break;
    }
    if (moved) {
      if (++turns % turns_before_yield == 0)
        co_await yield();
      continue;
    }
    if (now() >= std::min(idle_until, closing_until)) {
      if (flow.at_safe_point())
        client().stream().write(words_when_late());
      break;
    }
    auto until = std::min(idle_until, closing_until);
    if (opaque)
      until = std::min(until, quiet_since + quiet_before_close);
    co_await event(until);
  }
  here.backend->wire().stream().finish();
}

} // namespace stellwerk
