#include "actors/imap_session.hpp"

#include "actors/imap_backend.hpp"
#include "actors/login_desk.hpp"
#include "actors/pump.hpp"
#include "protocol/imap/server_dialogue.hpp"

namespace stellwerk {
namespace {

constexpr int turns_before_yield = 8;
constexpr std::chrono::seconds half_close_budget{30};
constexpr std::chrono::seconds quiet_before_close{2};

struct refusal_words {
  std::string_view code;
  std::string_view text;
};
refusal_words words_of(const login_outcome& outcome) {
  if (!outcome.code.empty())
    return {outcome.code, outcome.text};
  switch (outcome.came) {
    case login_outcome::verdict::refused:
      return {"AUTHENTICATIONFAILED", "Authentication failed."};
    case login_outcome::verdict::moving:
      return {"UNAVAILABLE", "This mailbox is being moved, please try again in a few minutes."};
    case login_outcome::verdict::accepted:
    case login_outcome::verdict::unavailable:
      break;
  }
  return {"UNAVAILABLE", "Temporary problem, please try again later."};
}

} // namespace

struct imap_session::life {
  imap_session& self;
  imap::server_dialogue dialogue;
  login_desk desk{self, presence_kind::access, mail_protocol::imap,
                  [this]() -> std::unique_ptr<login_backend> {
                    return std::make_unique<imap_backend>(self, self.surroundings_ptr());
                  }};

  /// Once logged in.
  [[nodiscard]] imap_backend& backend() const {
    return static_cast<imap_backend&>(*desk.backend());
  }
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
  const auto outcome = co_await here.desk.attend(who, std::string{here.dialogue.client_id()});
  const auto until = within(now_in_force().settings().limits.command);
  if (outcome.came == login_outcome::verdict::accepted) {
    co_await tell_client(here.dialogue.login_accepted(here.backend().acceptance()), until);
    co_return true;
  }
  const auto words = words_of(outcome);
  co_await tell_client(here.dialogue.login_refused(words.code, words.text, outcome.token_error),
                       until);
  co_return false;
}

io::task<void> imap_session::relay(life& here) {
  pump flow{client(), here.backend().wire()};
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
      here.backend().wire().stream().finish();
      closing_until = within(half_close_budget);
    }
    if (is_draining() && flow.at_safe_point() && !moved) {
      client().stream().write(imap::bye(drain_reason()));
      log(log::event::session_drained, {{"login", here.desk.login()}});
      break;
    }
    const bool opaque = is_draining() && flow.tracker().opaque();
    if (opaque && now() - quiet_since >= quiet_before_close) {
      log(log::event::session_drained, {{"login", here.desk.login()}});
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
  here.backend().wire().stream().finish();
}

} // namespace stellwerk
