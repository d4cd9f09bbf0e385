#include "actors/imap_session.hpp"

#include "actors/findings/session_findings.hpp"
#include "actors/imap_backend.hpp"
#include "actors/login_desk.hpp"
#include "protocol/imap/server_dialogue.hpp"
#include "protocol/imap/session_tracker.hpp"

namespace stellwerk {
namespace {

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
  clear_attempts in_clear{};

  /// Once logged in.
  [[nodiscard]] imap_backend& backend() const {
    return static_cast<imap_backend&>(*desk.backend());
  }
};

io::task<void> imap_session::converse() {
  const auto& limits = now_in_force().settings().limits;
  const auto began = now();
  const auto patience = limits.unauthenticated;
  life here{*this,
            imap::server_dialogue{{.hostname = surroundings().hostname,
                                   .tls_active = listener().tls == listener_tls::implicit,
                                   .offers_starttls = listener().tls == listener_tls::starttls,
                                   .from_backends = current().facts->common_capabilities(),
                                   .max_line_octets = limits.line,
                                   .max_literal_octets = limits.literal_before_login}}};
  auto& dialogue = here.dialogue;
  co_await tell_client(dialogue.greeting(), began + patience);
  for (;;) {
    const auto until = began + patience + here.desk.time_parked();
    co_await pace_client(until);
    auto event = dialogue.take(client().inbox().rest());
    if (const auto& login = dialogue.tried_in_clear())
      here.in_clear.note_login(*this, *login, std::string{dialogue.client_id()});
    if (auto* text = std::get_if<imap::say>(&event)) {
      client().stream().write(text->text);
    } else if (auto* yes = std::get_if<imap::start_tls>(&event)) {
      co_await upgrade_client(yes->text, until);
      dialogue.on_tls_started();
    } else if (auto* who = std::get_if<imap::login>(&event)) {
      if (co_await attend_login(here, who->credentials)) {
        imap::session_tracker tracker;
        co_return co_await relay(here.backend().wire(), tracker, here.desk.login());
      }
    } else if (auto* end = std::get_if<imap::close>(&event)) {
      co_await tell_client(end->text, until);
      co_return;
    } else if (is_draining() && !dialogue.inside_command()) {
      co_await tell_client(last_words(drain_reason()), until);
      co_return;
    } else {
      co_await hear_client(until);
    }
  }
}

std::string imap_session::last_words(std::string_view why) const { return imap::bye(why); }

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

} // namespace stellwerk
