#pragma once

#include "actors/access_backend.hpp"
#include "actors/access_session.hpp"
#include "actors/findings/session_findings.hpp"
#include "actors/login_desk.hpp"

#include <memory>
#include <string>
#include <utility>

namespace stellwerk {

/// The words of a refused or put-off login.
struct login_words {
  std::string code;
  std::string text;
};

/// One client of POP3 or ManageSieve: the dialogue before login is ours, the login is replayed
/// to the backend that the route says, then octets flow both ways.
///
/// `Protocol` names its `dialogue`, `login`, `backend` and `tracker`, and says what differs:
/// `name`, `begin(session)`, `words_of(outcome)`, `last_words(why)`, `late_words()`.
template <class Protocol> class dialogue_session final : public access_session {
public:
  using access_session::access_session;

private:
  struct life { // What lives in the coroutine's frame.
    dialogue_session& self;
    typename Protocol::dialogue dialogue;
    login_desk desk{self, presence_kind::access, Protocol::name,
                    [this]() -> std::unique_ptr<login_backend> {
                      return std::make_unique<typename Protocol::backend>(
                          self, self.surroundings_ptr());
                    }};
    clear_attempts in_clear{};
  };

  mail_protocol protocol() const override { return Protocol::name; }
  std::string words_when_late() const override { return Protocol::late_words(); }
  std::string last_words(std::string_view why) const override {
    return Protocol::last_words(why);
  }

  io::task<void> converse() override {
    const auto began = now();
    const auto patience = now_in_force().settings().limits.unauthenticated;
    life here{*this, Protocol::begin(*this)};
    co_await tell_client(here.dialogue.greeting(), began + patience);
    for (;;) {
      const auto until = began + patience + here.desk.time_parked();
      co_await pace_client(until);
      auto event = here.dialogue.take(client().inbox().rest());
      if (const auto& login = here.dialogue.tried_in_clear())
        here.in_clear.note_login(*this, *login, {});
      if (auto* text = std::get_if<dialogue::say>(&event)) {
        client().stream().write(text->text);
      } else if (auto* yes = std::get_if<dialogue::start_tls>(&event)) {
        co_await upgrade_client(yes->text, until);
        client().stream().write(tls_started(here.dialogue));
      } else if (auto* who = std::get_if<typename Protocol::login>(&event)) {
        const bool accepted = co_await attend_login(here, who->credentials);
        if (accepted) {
          typename Protocol::tracker tracker;
          co_return co_await relay(backend_of(here).wire(), tracker, here.desk.login());
        }
      } else if (auto* end = std::get_if<dialogue::close>(&event)) {
        co_await tell_client(end->text, until);
        co_return;
      } else if (is_draining() && !here.dialogue.inside_command()) {
        co_await tell_client(last_words(drain_reason()), until);
        co_return;
      } else {
        co_await hear_client(until);
      }
    }
  }

  /// True: logged in, the octets may flow.
  io::task<bool> attend_login(life& here, const sasl::credentials& who) {
    const auto outcome = co_await here.desk.attend(who, std::string{});
    const auto until = within(now_in_force().settings().limits.command);
    if (outcome.came == login_outcome::verdict::accepted) {
      const auto& text = backend_of(here).accepted_text();
      co_await tell_client(here.dialogue.login_accepted(text), until);
      co_return true;
    }
    const auto words = Protocol::words_of(outcome);
    const auto refusal
        = here.dialogue.login_refused(words.code, words.text, outcome.token_error);
    co_await tell_client(refusal, until);
    co_return false;
  }

  static typename Protocol::backend& backend_of(const life& here) {
    return static_cast<typename Protocol::backend&>(*here.desk.backend());
  }

  /// What is told unasked once TLS stands.
  static std::string tls_started(typename Protocol::dialogue& dialogue) {
    if constexpr (std::is_void_v<decltype(dialogue.on_tls_started())>) {
      dialogue.on_tls_started();
      return {};
    } else {
      return dialogue.on_tls_started();
    }
  }
};

} // namespace stellwerk
