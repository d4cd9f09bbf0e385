#include "actors/access_session.hpp"

#include "actors/pump.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr int turns_before_yield = 8;
constexpr std::chrono::seconds half_close_budget{30};
constexpr std::chrono::seconds quiet_before_close{2};
constexpr std::chrono::seconds parting_budget{5};

/// What a backend still does for a client that has gone (a POP3 server marks what was read, an
/// IMAP server ends its command) is done when it hangs up: until then the session counts, and
/// nobody takes the mailbox for still.
io::task<void> see_off(leg& backend, io::clock::time_point until) {
  backend.stream().finish();
  auto came = leg::outcome::done;
  while (came == leg::outcome::done) {
    backend.inbox().clear();
    came = co_await backend.fill(until);
  }
}

} // namespace

io::task<void> access_session::relay(leg& backend, safe_point_tracker& tracker,
                                     std::string login) {
  pump flow{client(), backend, tracker};
  flow.begin();
  const auto idle = now_in_force().settings().limits.idle;
  auto idle_until = within(idle);
  auto closing_until = io::clock::time_point::max();
  auto quiet_since = now();
  int turns = 0;
  for (;;) {
    if (is_cut())
      break;
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
      client().stream().write(last_words("UNAUTHENTICATE is not possible here"));
      break;
    }
    if (end == pump::end::client_closed && closing_until == io::clock::time_point::max()) {
      backend.stream().finish();
      closing_until = within(half_close_budget);
    }
    if (is_draining() && flow.at_safe_point() && !moved) {
      client().stream().write(last_words(drain_reason()));
      log(log::event::session_drained, {{"login", login}});
      break;
    }
    const bool opaque = is_draining() && tracker.opaque();
    if (opaque && now() - quiet_since >= quiet_before_close) {
      log(log::event::session_drained, {{"login", login}});
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
  hold_cut(true); // This wait has a budget of its own.
  const auto parting_until = within(parting_budget);
  co_await see_off(backend, parting_until);
  hold_cut(false);
  throw_if_cut();
}

} // namespace stellwerk
