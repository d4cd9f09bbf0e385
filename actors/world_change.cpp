#include "actors/world_change.hpp"

#include "actors/routes_file.hpp"

#include <utility>

namespace stellwerk {
namespace {

using std::chrono::system_clock;

/// `moved`, and the rest of `origin`, under the next epoch; empty, or why a restart would not
/// know of it.
std::string number(next_world& next, const change_ground& ground, const world& origin,
                   snapshot moved) {
  auto made = std::make_shared<world>(origin);
  made->current = std::move(moved);
  made->current.epoch = ground.now->epoch() + 1;
  next.lasting = ground.lasting;
  next.lasting.epoch = made->epoch();
  next.lasting.follow(made->current.routes, system_clock::now());
  auto problem = save_state(ground.now->settings().state_dir, next.lasting);
  next.now = std::move(made);
  return problem;
}

/// What the file says of domains that a move holds takes no force before that has ended.
void let_moves_outrank(const change_ground& ground, snapshot& loaded, diagnostics& found) {
  for (const auto& domain : ground.held) {
    const auto* in_force = ground.now->current.routes.find(domain);
    const auto* written = loaded.routes.find(domain);
    if (in_force == nullptr || (written != nullptr && written->now == in_force->now))
      continue;
    found.push_back({loaded.settings.routes.string(),
                     written != nullptr ? written->value : position{}, "domains." + domain,
                     "is being moved and stays " + std::string{text_of(in_force->now)}
                         + " until that has ended",
                     severity::warning});
    loaded.routes = loaded.routes.with(domain, in_force->now);
  }
}

reload_decision judge(const change_ground& ground, const reload_request& asked,
                      load_outcome came) {
  reload_decision decision;
  auto& report = decision.report;
  report.epoch = ground.now->epoch();
  report.found = std::move(came.found);
  if (!came.loaded) {
    report.came = reload_report::outcome::problems;
    return decision;
  }
  auto loaded = came.loaded->current;
  let_moves_outrank(ground, loaded, report.found);
  auto change = compare(ground.now->current, loaded);
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
  // Where the state lies is fixed at start; a changed key is among the warnings.
  loaded.settings.state_dir = ground.now->settings().state_dir;
  next_world next;
  if (auto problem = number(next, ground, *came.loaded, std::move(loaded)); !problem.empty()) {
    report.came = reload_report::outcome::state_unwritable;
    report.why = std::move(problem);
    return decision;
  }
  report.epoch = next.now->epoch();
  report.changed = std::move(change.phases);
  decision.next = std::move(next);
  return decision;
}

/// The phase of a domain that is in force, through `default` too.
std::optional<phase> phase_in_force(const route_table& routes, std::string_view domain) {
  if (const auto* route = routes.find(domain))
    return route->now;
  const auto to = side_of(routes.fallback());
  if (!to)
    return std::nullopt;
  return *to == side::on_old ? phase::on_old : phase::on_new;
}

void refuse(phase_report& report, phase_report::outcome why, std::string words = {}) {
  report.came = why;
  report.why = std::move(words);
}

/// Changes nothing if the request may not take force.
bool may_take_force(const change_ground& ground, const phase_request& asked,
                    phase_report& report) {
  using outcome = phase_report::outcome;
  const auto from = phase_in_force(ground.now->current.routes, asked.domain);
  if (asked.how != phase_request::manner::of_move && ground.held.contains(asked.domain)) {
    refuse(report, outcome::held);
    return false;
  }
  if (!from) {
    refuse(report, outcome::unlisted);
    return false;
  }
  report.from = *from;
  if (asked.expected && *asked.expected != *from) {
    refuse(report, outcome::elsewhere);
    return false;
  }
  const bool stays = asked.to == *from;
  if (stays && asked.how == phase_request::manner::of_move)
    return true; // Only the file is still to be put right.
  if (stays || !may_follow(*from, asked.to)) {
    refuse(report, outcome::no_edge);
    return false;
  }
  if (asked.how != phase_request::manner::of_move && has_unloaded_edits(ground.now->current)) {
    refuse(report, outcome::unloaded_edits);
    return false;
  }
  return true;
}

phase_decision work_out(const change_ground& ground, const phase_request& wanted) {
  phase_decision decision;
  auto& report = decision.report;
  report.epoch = ground.now->epoch();
  if (!may_take_force(ground, wanted, report))
    return decision;
  const bool insists = wanted.how == phase_request::manner::of_move;
  auto moved = ground.now->current;
  report.file_problem = write_phase(moved, wanted.domain, wanted.to);
  if (!report.file_problem.empty() && !insists) {
    refuse(report, phase_report::outcome::unwritable, report.file_problem);
    return decision;
  }
  if (report.from == wanted.to && moved.routes_text == ground.now->current.routes_text) {
    // Nothing that anybody could see has changed; what a restart must know may be unwritten.
    auto unkept = save_state(ground.now->settings().state_dir, ground.lasting);
    if (report.file_problem.empty())
      report.file_problem = std::move(unkept);
    return decision;
  }
  const auto written = moved.routes_text;
  moved.routes = moved.routes.with(wanted.domain, wanted.to);
  next_world next;
  auto problem = number(next, ground, *ground.now, std::move(moved));
  if (!problem.empty() && !insists) {
    // The file is put back, or the next reload would find what has not taken force.
    auto former = ground.now->current;
    former.routes_text = written;
    static_cast<void>(write_phase(former, wanted.domain, report.from));
    refuse(report, phase_report::outcome::unwritable, std::move(problem));
    return decision;
  }
  if (report.file_problem.empty())
    report.file_problem = std::move(problem);
  report.epoch = next.now->epoch();
  decision.next = std::move(next);
  return decision;
}

} // namespace

reload_decision
decide_reload(const change_ground& ground, const reload_request& asked,
              const std::function<load_outcome(const snapshot& in_force)>& load) {
  try {
    return judge(ground, asked, load(ground.now->current));
  } catch (const std::exception& fault) { // Memory that is short, say.
    reload_decision decision;
    decision.report.came = reload_report::outcome::problems;
    decision.report.epoch = ground.now->epoch();
    decision.report.found.push_back({ground.now->settings().file.string(),
                                     {},
                                     "",
                                     std::string{"cannot be loaded: "} + fault.what(),
                                     severity::problem});
    return decision;
  }
}

phase_decision decide_phase(const change_ground& ground, const phase_request& asked) {
  try {
    return work_out(ground, asked);
  } catch (const std::exception& fault) { // Memory that is short, say.
    phase_decision decision;
    decision.report.epoch = ground.now->epoch();
    refuse(decision.report, phase_report::outcome::unwritable, fault.what());
    return decision;
  }
}

} // namespace stellwerk
