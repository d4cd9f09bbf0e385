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

/// The next epoch takes force. The clock moves last: whoever sees the new epoch can also get
/// its world, and whoever was counted before is told.
void publish(pointer self, world_ptr next, lasting_state lasting) {
  auto& state = self->state;
  auto facts = std::make_shared<backend_facts>(*state.facts);
  facts->close_gates(*state.now, *next);
  facts->settle(*next);
  state.facts = std::move(facts);
  state.now = std::move(next);
  state.lasting = std::move(lasting);
  state.clock->advance(state.now->epoch());
  drain_misplaced(self);
  tell_subscribers(self);
}

std::vector<std::string> warnings_in(const diagnostics& found) {
  std::vector<std::string> warnings;
  for (const auto& one : found)
    if (one.weight == severity::warning)
      warnings.push_back(text_of(one));
  return warnings;
}

/// May what was loaded take force? Changes nothing but the state file, which must know an epoch
/// before anybody sees it. Blocks: runs on the disk's thread.
reload_decision decide_reload(const world& now, lasting_state lasting,
                              const reload_request& asked, load_outcome came) {
  reload_decision decision;
  auto& report = decision.report;
  report.epoch = now.epoch();
  report.found = std::move(came.found);
  if (!came.loaded) {
    report.came = reload_report::outcome::problems;
    return decision;
  }
  auto change = compare(now.current, came.loaded->current);
  report.found.insert(report.found.end(), change.found.begin(), change.found.end());
  report.accounts_removed = change.accounts_removed.size();
  report.accounts_before = change.accounts_before;
  if (has_problems(report.found)) {
    report.came = reload_report::outcome::problems;
    return decision;
  }
  if (change.removes_too_many() && !asked.allow_removals) {
    report.came = reload_report::outcome::too_many_removals;
    return decision;
  }
  auto next = std::make_shared<world>(*came.loaded);
  next->current.epoch = now.epoch() + 1;
  // Where the state lies is fixed at start; a changed key is among the warnings.
  const auto& folder = now.settings().state_dir;
  next->current.settings.state_dir = folder;
  lasting.epoch = next->epoch();
  lasting.follow(next->current.routes, system_clock::now());
  if (auto problem = save_state(folder, lasting); !problem.empty()) {
    report.came = reload_report::outcome::state_unwritable;
    report.why = std::move(problem);
    return decision;
  }
  report.epoch = next->epoch();
  report.changed = std::move(change.phases);
  decision.next = std::move(next);
  decision.lasting = std::move(lasting);
  return decision;
}

/// The same, with what an exception says (memory that is short, say) as the problem.
reload_decision decide_whatever_comes(const world& now, const lasting_state& lasting,
                                      const reload_request& asked,
                                      const router_state::load_world_function& load) {
  try {
    return decide_reload(now, lasting, asked, load());
  } catch (const std::exception& fault) {
    reload_decision decision;
    decision.report.came = reload_report::outcome::problems;
    decision.report.epoch = now.epoch();
    decision.report.found.push_back({now.settings().file.string(),
                                     {},
                                     "",
                                     std::string{"cannot be loaded: "} + fault.what(),
                                     severity::problem});
    return decision;
  }
}

void begin_reload(pointer self) {
  auto& state = self->state;
  state.disk->post([load = state.load, now = state.now, lasting = state.lasting,
                    asked = state.reloads.front().what, me = caf::actor_cast<router>(self)] {
    caf::anon_send(me, decide_whatever_comes(*now, lasting, asked, load));
  });
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
    if (const auto counted = tallies.find(route.domain); counted != tallies.end()) {
      domain.sessions_on_old = counted->second.sessions_on_old;
      domain.sessions_on_new = counted->second.sessions_on_new;
      domain.deliveries = counted->second.deliveries;
    }
    seen.domains.push_back(std::move(domain));
  }
  return seen;
}

} // namespace

router::behavior_type run_router(pointer self, world_ptr first, const diagnostics& first_found,
                                 lasting_state lasting, std::shared_ptr<epoch_clock> clock,
                                 std::shared_ptr<io::side_thread> disk,
                                 router_state::load_world_function load) {
  auto& initial = self->state;
  initial.now = std::move(first);
  initial.warnings = warnings_in(first_found);
  initial.lasting = std::move(lasting);
  initial.clock = std::move(clock);
  initial.disk = std::move(disk);
  initial.load = std::move(load);
  initial.clock->advance(initial.now->epoch());
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
      [self](const reload_request& asked) -> caf::result<reload_report> {
        auto promise = self->make_response_promise<reload_report>();
        self->state.reloads.push_back({asked, promise});
        if (self->state.reloads.size() == 1)
          begin_reload(self);
        return promise;
      },
      [self](reload_decision& decision) {
        auto& state = self->state;
        auto waiting = std::move(state.reloads.front());
        state.reloads.erase(state.reloads.begin());
        if (decision.next) {
          state.warnings = warnings_in(decision.report.found);
          publish(self, std::move(decision.next), std::move(decision.lasting));
        }
        decision.report.draining = state.present.sessions_draining();
        log_reload(waiting.what, decision.report);
        waiting.answer.deliver(std::move(decision.report));
        if (!state.reloads.empty())
          begin_reload(self);
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
