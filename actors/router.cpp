#include "actors/router.hpp"

#include "actors/log/log.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace stellwerk {
namespace {

using pointer = router::stateful_pointer<router_state>;
using std::chrono::system_clock;

constexpr const char* rerouted_text = "Please connect again, this domain's mail has moved";
constexpr const char* kicked_text = "Please connect again";

standing in_force(const router_state& state) { return {state.now, state.facts}; }

void tell_subscribers(pointer self) {
  for (const auto& listener : self->state.subscribers)
    caf::anon_send(listener, in_force(self->state));
}

void change_facts(pointer self, const std::function<void(backend_facts&)>& change) {
  auto next = std::make_shared<backend_facts>(*self->state.facts);
  change(*next);
  next->settle(*self->state.now);
  if (*next == *self->state.facts)
    return;
  self->state.facts = std::move(next);
  tell_subscribers(self);
}

/// Hands out the order to end of a wave; who still stays when the drain budget is over is cut.
void order_to_end(pointer self, const std::vector<presence>& told, const drain_order& order,
                  presence_book::wave wave) {
  for (const auto& who : told)
    caf::anon_send(who.who, order);
  if (!told.empty())
    self->delayed_send(self, self->state.now->settings().budgets.drain, drain_over{wave});
}

/// Tells everybody who is not where `now` wants them.
void drain_misplaced(pointer self) {
  auto& state = self->state;
  const auto wave = ++state.drains;
  order_to_end(self, state.present.take_misplaced(*state.now, wave),
               drain_order{rerouted_text, false}, wave);
}

/// Tells everybody who is parked and whom `now` does not hold any more.
void release_parked(pointer self) {
  auto& state = self->state;
  for (const auto& who : state.present.take_released(*state.now))
    caf::anon_send(who.who, release_order{state.now->epoch(), state.releases.next()});
}

/// What was delivered early counts from the moment a domain begins to move.
void forget_early(router_state& state, const world& next) {
  for (const auto& route : next.current.routes.all()) {
    const auto* before = state.now->current.routes.find(route.domain);
    if (!delivery_of(route.now) && (before == nullptr || before->now != route.now))
      state.early.erase(route.domain);
  }
}

void tell_flips(const router_state& state) {
  std::map<std::string, system_clock::time_point> since;
  for (const auto& [domain, dated] : state.lasting.domains)
    since.emplace(domain, dated.since);
  state.flips->follow(
      state.now->current.routes, since,
      std::chrono::duration_cast<std::chrono::seconds>(state.now->settings().budgets.watch));
}

/// The next epoch takes force. The clock moves last: whoever sees the new epoch can also get
/// its world, and whoever was counted before is told.
void publish(pointer self, next_world next) {
  auto& state = self->state;
  auto facts = std::make_shared<backend_facts>(*state.facts);
  facts->close_gates(*state.now, *next.now);
  facts->settle(*next.now);
  state.facts = std::move(facts);
  forget_early(state, *next.now);
  state.now = std::move(next.now);
  state.lasting = std::move(next.lasting);
  tell_flips(state); // Before anybody can be served there.
  state.clock->advance(state.now->epoch());
  drain_misplaced(self);
  release_parked(self);
  tell_subscribers(self);
}

std::vector<std::string> warnings_in(const diagnostics& found) {
  std::vector<std::string> warnings;
  for (const auto& one : found)
    if (one.weight == severity::warning)
      warnings.push_back(text_of(one));
  return warnings;
}

change_ground ground_of(const router_state& state) {
  return {state.now, state.lasting, state.held};
}

/// The next change is worked out; what comes of it arrives as a message.
void begin_change(pointer self) {
  auto& state = self->state;
  auto me = caf::actor_cast<router>(self);
  if (const auto* reload = std::get_if<router_state::waiting_reload>(&state.changes.front()))
    state.disk->post([load = state.load, ground = ground_of(state), asked = reload->what, me] {
      caf::anon_send(me, decide_reload(ground, asked, load));
    });
  else
    state.disk->post([ground = ground_of(state),
                      asked = std::get<router_state::waiting_phase>(state.changes.front()).what,
                      me] { caf::anon_send(me, decide_phase(ground, asked)); });
}

template <class Waiting> void queue_change(pointer self, Waiting waiting) {
  auto& changes = self->state.changes;
  changes.emplace_back(std::move(waiting));
  if (changes.size() == 1)
    begin_change(self);
}

/// The one that has been worked out; the next begins once it has taken force.
template <class Waiting> Waiting take_change(pointer self) {
  auto& changes = self->state.changes;
  auto waiting = std::get<Waiting>(std::move(changes.front()));
  changes.pop_front();
  return waiting;
}

void begin_next_change(pointer self) {
  if (!self->state.changes.empty())
    begin_change(self);
}

std::string_view why_refused(const reload_report& report) {
  switch (report.came) {
    case reload_report::outcome::problems:
      return "problems in the files";
    case reload_report::outcome::too_many_removals:
      return "too many accounts would be removed";
    case reload_report::outcome::state_unwritable:
      return report.why;
    case reload_report::outcome::done:
      break;
  }
  return {};
}

/// Whoever sends a signal reads the log, not an answer. A file has at most so many words there.
void log_findings(const diagnostics& found) {
  constexpr std::size_t most = 100;
  std::size_t count = 0;
  for (const auto& one : found)
    if (++count <= most)
      log::write(one.weight == severity::problem ? log::event::problem_noted
                                                 : log::event::warning_noted,
                 {{"what", text_of(one)}});
}

void log_reload(const reload_request& asked, const reload_report& report) {
  log_findings(report.found);
  if (report.came == reload_report::outcome::done)
    log::write(log::event::reload_done, {{"by", asked.requested_by},
                                         {"epoch", report.epoch},
                                         {"changed_domains", report.changed.size()},
                                         {"draining", report.draining}});
  else
    log::write(log::event::reload_refused, {{"by", asked.requested_by},
                                            {"epoch", report.epoch},
                                            {"why", why_refused(report)},
                                            {"problems", count_problems(report.found)},
                                            {"accounts_removed", report.accounts_removed}});
}

void log_phase(const phase_request& asked, const phase_report& report) {
  if (report.came == phase_report::outcome::done)
    log::write(log::event::phase_changed, {{"by", asked.requested_by},
                                           {"domain", asked.domain},
                                           {"from", text_of(report.from)},
                                           {"to", text_of(asked.to)},
                                           {"epoch", report.epoch},
                                           {"draining", report.draining},
                                           {"file_problem", report.file_problem}});
}

overview survey(const router_state& state) {
  overview seen{in_force(state),
                {},
                state.present.all(),
                state.warnings,
                state.present.sessions_draining()};
  const auto tallies = state.present.tallies();
  for (const auto& route : state.now->current.routes.all()) {
    domain_overview domain;
    domain.domain = route.domain;
    domain.now = route.now;
    if (const auto dated = state.lasting.domains.find(route.domain);
        dated != state.lasting.domains.end())
      domain.since = dated->second.since;
    if (const auto early = state.early.find(route.domain); early != state.early.end())
      domain.early_deliveries = early->second;
    if (const auto counted = tallies.find(route.domain); counted != tallies.end()) {
      domain.sessions_on_old = counted->second.sessions_on_old;
      domain.sessions_on_new = counted->second.sessions_on_new;
      domain.parked = counted->second.parked;
      domain.deliveries = counted->second.deliveries;
    }
    seen.domains.push_back(std::move(domain));
  }
  return seen;
}

} // namespace

router::behavior_type run_router(pointer self, world_ptr first, const diagnostics& first_found,
                                 lasting_state lasting, std::shared_ptr<epoch_clock> clock,
                                 std::shared_ptr<flip_watch> flips,
                                 std::shared_ptr<io::side_thread> disk,
                                 router_state::load_world_function load) {
  auto& initial = self->state;
  initial.now = std::move(first);
  initial.warnings = warnings_in(first_found);
  initial.lasting = std::move(lasting);
  initial.clock = std::move(clock);
  initial.flips = std::move(flips);
  initial.disk = std::move(disk);
  initial.load = std::move(load);
  initial.clock->advance(initial.now->epoch());
  tell_flips(initial);
  return {
      [self](const enter& coming) {
        self->state.present.enter(coming.ticket, coming.who);
        return in_force(self->state);
      },
      [self](const leave& going) { self->state.present.leave(going.ticket); },
      [self](get_standing) { return in_force(self->state); },
      [self](const subscribe& asked) {
        self->state.subscribers.push_back(asked.listener);
        caf::anon_send(asked.listener, in_force(self->state));
      },
      [self](const learned_service& learned) {
        change_facts(self, [&](backend_facts& facts) {
          facts.at(learned.where, learned.protocol) = learned.facts;
        });
      },
      [self](const learned_relay& learned) {
        if (learned.epoch != self->state.now->epoch())
          return;
        change_facts(self,
                     [&](backend_facts& facts) { facts.relay(learned.where) = learned.facts; });
      },
      [self](const early_delivery& done) { self->state.early[done.domain] += done.recipients; },
      [self](const reload_request& asked) -> caf::result<reload_report> {
        auto promise = self->make_response_promise<reload_report>();
        queue_change(self, router_state::waiting_reload{asked, promise});
        return promise;
      },
      [self](reload_decision& decision) {
        auto waiting = take_change<router_state::waiting_reload>(self);
        if (decision.next.now) {
          self->state.warnings = warnings_in(decision.report.found);
          publish(self, std::move(decision.next));
        }
        decision.report.draining = self->state.present.sessions_draining();
        log_reload(waiting.what, decision.report);
        waiting.answer.deliver(std::move(decision.report));
        begin_next_change(self);
      },
      [self](const phase_request& asked) -> caf::result<phase_report> {
        auto promise = self->make_response_promise<phase_report>();
        queue_change(self, router_state::waiting_phase{asked, promise});
        return promise;
      },
      [self](phase_decision& decision) {
        auto waiting = take_change<router_state::waiting_phase>(self);
        const bool changes = decision.next.now != nullptr;
        if (decision.report.came == phase_report::outcome::done
            && waiting.what.how != phase_request::manner::by_hand)
          self->state.held.insert(waiting.what.domain);
        if (changes)
          publish(self, std::move(decision.next));
        decision.report.draining = self->state.present.sessions_draining();
        if (changes)
          log_phase(waiting.what, decision.report);
        waiting.answer.deliver(std::move(decision.report));
        begin_next_change(self);
      },
      [self](const move_ended& ended) { self->state.held.erase(ended.domain); },
      [self](const misplaced_request& asked) {
        return self->state.present.count_misplaced(*self->state.now, asked.domain);
      },
      [self](const early_request& asked) {
        const auto found = self->state.early.find(asked.domain);
        return found == self->state.early.end() ? std::size_t{0} : found->second;
      },
      [self](overview_request) { return survey(self->state); },
      [self](const kick_request& asked) {
        const auto wave = ++self->state.drains;
        const auto found = self->state.present.kick(asked.who, wave);
        order_to_end(self, found, drain_order{kicked_text, true}, wave);
        return kick_report{found.size()};
      },
      [self](const drain_over& over) {
        for (const auto& who : self->state.present.told_up_to(over.told))
          caf::anon_send(who.who, cut_order{});
      },
  };
}

} // namespace stellwerk
