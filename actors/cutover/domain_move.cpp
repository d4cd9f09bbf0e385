#include "actors/cutover/domain_move.hpp"

#include "actors/cutover/hook_command.hpp"
#include "actors/cutover/hook_variables.hpp"
#include "actors/cutover/journal_file.hpp"
#include "actors/cutover/kill_point.hpp"
#include "actors/log/log.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

/// What the operator has taken upon himself, for the journal.
std::string conditions_of(const move_order& order) {
  std::string text;
  for (const auto& [gate, reason] : order.waived)
    text += (text.empty() ? "" : "; ") + gate + " waived: " + reason;
  if (!order.no_sync_reason.empty())
    text += (text.empty() ? "" : "; ") + std::string{"no sync: "} + order.no_sync_reason;
  return text;
}

} // namespace

domain_move::domain_move(move_runner& owner, std::string domain)
    : owner_{owner}, domain_{std::move(domain)}, id_{draw_move_id()}, phases_{phases_of(
                                                                          owner.order().way)} {
  result_.domain = domain_;
  result_.now = phases_.from;
}

// Without its runner a move that has not ended stays open in the journal; the next start ends
// it.
domain_move::~domain_move() { leave_ledger(); }

/// Once: the next entry of this domain is somebody else's.
void domain_move::leave_ledger() {
  if (std::exchange(in_ledger_, false))
    owner_.surroundings().moves.end(domain_);
}

void domain_move::abandon() const {
  if (!held_ || committed_ || ended_)
    return;
  caf::anon_send(owner_.surroundings().router,
                 phase_request{.domain = domain_,
                               .to = phases_.from,
                               .expected = phases_.between,
                               .how = phase_request::manner::of_move,
                               .requested_by = "a fault of ours"});
}

journal_record domain_move::record(record_kind kind) const {
  return {.id = id_,
          .kind = kind,
          .domain = domain_,
          .from = phases_.from,
          .to = phases_.to,
          .by = owner_.order().requested_by};
}

void domain_move::tell(std::string_view step, std::string text, std::size_t left) {
  const auto rest = freeze_until_ == io::clock::time_point::max()
                        ? io::clock::duration{}
                        : std::max(freeze_until_ - owner_.now(), io::clock::duration{});
  owner_.tell({domain_, std::string{step}, std::move(text), left,
               std::chrono::duration_cast<std::chrono::milliseconds>(rest)});
}

bool domain_move::cancel(const std::string& by) {
  if (committing_ || committed_)
    return false;
  cancelled_by_ = by;
  return true;
}

void domain_move::throw_if_stopped() const {
  if (!cancelled_by_.empty())
    throw stopped{"cancelled by " + cancelled_by_};
  if (owner_.now() >= freeze_until_)
    throw stopped{"budgets.freeze is over"};
}

io::task<void> domain_move::note(journal_record one) {
  std::vector<journal_record> records;
  records.push_back(std::move(one));
  const auto problem = co_await owner_.journal(std::move(records));
  if (!problem.empty())
    throw stopped{"the journal cannot be written: " + problem};
}

io::task<phase_report> domain_move::lead_to(phase to, phase_request::manner how) {
  phase_request asked{.domain = domain_,
                      .to = to,
                      .expected = {},
                      .how = how,
                      .requested_by = owner_.order().requested_by};
  if (how == phase_request::manner::begins_move)
    asked.expected = phases_.from;
  auto report = co_await owner_.ask<phase_report>(owner_.surroundings().router, asked);
  if (!report)
    throw std::runtime_error{"the router is gone"};
  if (report->came == phase_report::outcome::done)
    result_.now = to;
  co_return std::move(*report);
}

/// Where the domain belongs by the journal, whatever the files say; the epoch. What did not
/// work is in `file_problem_`, for `settle`.
io::task<std::uint64_t> domain_move::lead_for_good(phase to) {
  const auto report = co_await lead_to(to, phase_request::manner::of_move);
  file_problem_ = report.came == phase_report::outcome::done ? report.file_problem
                                                             : std::string{why(report.came)};
  co_return report.epoch;
}

io::task<domain_result> domain_move::perform() {
  if (auto refused = co_await prepare())
    co_return std::move(*refused);
  const auto& order = owner_.order();
  std::string reason;
  try {
    for (const auto& step : plan_of(order.way, order.hooks)) {
      if (step.can_be_undone) // Nothing stops a move behind its commit.
        throw_if_stopped();
      co_await carry_out(step);
    }
  } catch (const stopped& fault) {
    reason = fault.what();
  }
  if (!reason.empty())
    co_await undo(std::move(reason));
  freeze_until_ = io::clock::time_point::max();
  co_await settle();
  if (!is_settled())
    result_.warnings.push_back("it is " + std::string{text_of(result_.now)}
                               + ", but that cannot be written yet, and is tried again: "
                               + file_problem_ + journal_problem_);
  co_return std::move(result_);
}

/// A result: it does not begin.
io::task<std::optional<domain_result>> domain_move::prepare() {
  const auto& order = owner_.order();
  const auto refuse = [&](std::string reason, std::string advice) {
    leave_ledger();
    result_.came = domain_result::outcome::refused;
    result_.reason = std::move(reason);
    result_.advice = std::move(advice);
    return std::optional{std::move(result_)};
  };
  auto& moves = owner_.surroundings().moves;
  const auto other = moves.find(domain_);
  in_ledger_ = !other && !order.dry_run
               && moves.begin(domain_, {.id = id_,
                                        .way = order.way,
                                        .step = "gates",
                                        .requested_by = order.requested_by,
                                        .since = std::chrono::system_clock::now(),
                                        .runner = caf::actor_cast<caf::actor>(&owner_)});
  if (!in_ledger_ && !(order.dry_run && !other)) {
    result_.gates.push_back({"idle", false,
                             other ? "a " + std::string{text_of(other->way)} + " by "
                                         + other->requested_by + " is at " + other->step
                                   : "another move has it",
                             "no other move has the domain"});
    co_return refuse(domain_ + " is being moved already",
                     "wait for its end, or: stellwerk cancel " + domain_);
  }
  const auto now = co_await owner_.ask<standing>(owner_.surroundings().router, get_standing{});
  if (!now)
    throw std::runtime_error{"the router is gone"};
  const auto* route = now->now->current.routes.find(domain_);
  const auto fallback = side_of(now->now->current.routes.fallback());
  if (route == nullptr && !fallback)
    co_return refuse(domain_ + " is not listed in routes.yaml",
                     "add its line with the phase it is in, and reload");
  result_.now = route != nullptr            ? route->now
                : *fallback == side::on_old ? phase::on_old
                                            : phase::on_new;
  if (result_.now != phases_.from)
    co_return refuse(domain_ + " is " + std::string{text_of(result_.now)} + ", and a "
                         + std::string{text_of(order.way)} + " begins at "
                         + std::string{text_of(phases_.from)},
                     "stellwerk status " + domain_ + " tells since when");
  std::function<std::string()> look
      = [hooks = order.hooks,
         folder = std::filesystem::absolute(owner_.surroundings().state_dir)] {
          return problem_of_commands(hooks, folder);
        };
  auto unusable = co_await owner_.on_disk(std::move(look));
  if (!unusable.empty())
    co_return refuse(std::move(unusable),
                     "nothing was touched; a hook is a program and its arguments, which the "
                     "proxy's user can run");
  if (order.dry_run) {
    const bool passed = co_await pass_gates();
    result_.plan = plan_of(order.way, order.hooks);
    result_.came = passed ? domain_result::outcome::planned : domain_result::outcome::refused;
    if (!passed) {
      result_.reason = "gates do not pass: " + failed_gates(result_.gates);
      result_.advice = gates_advice;
    }
    co_return std::move(result_);
  }
  ended_ = false;
  auto first = record(record_kind::begin);
  first.undo_by = order.hooks.undo;
  first.detail = conditions_of(order);
  std::vector<journal_record> records;
  records.push_back(std::move(first));
  const auto problem = co_await owner_.journal(std::move(records));
  if (!problem.empty()) {
    ended_ = true;
    co_return refuse("the journal cannot be written: " + problem,
                     "make room in state_dir, or make it writable");
  }
  log::write(log::event::move_begun, {{"move", id_},
                                      {"domain", domain_},
                                      {"command", text_of(order.way)},
                                      {"by", order.requested_by}});
  co_return std::nullopt;
}

io::task<void> domain_move::undo(std::string reason) {
  committing_ = false;
  tell("undo", reason);
  auto begins = record(record_kind::undo);
  begins.detail = reason;
  std::vector<journal_record> records;
  records.push_back(std::move(begins));
  // The way back needs no disk.
  static_cast<void>(co_await owner_.journal(std::move(records)));
  kill_point("undo");
  result_.came = held_ ? domain_result::outcome::undone : domain_result::outcome::refused;
  result_.reason = std::move(reason);
  if (held_) {
    const auto& command = owner_.order().hooks.undo;
    std::string fault;
    if (!command.empty()) {
      try {
        co_await run_hook("undo", command, owner_.now() + undo_budget, false);
      } catch (const stopped& failed) {
        fault = failed.what();
      }
    }
    if (!fault.empty())
      result_.warnings.push_back(fault + "; run it by hand");
    const auto epoch = co_await lead_for_good(phases_.from);
    early_request asked{domain_};
    const auto early
        = co_await owner_.ask<std::size_t>(owner_.surroundings().router, std::move(asked));
    if (auto owed = owed_sync_text(early.value_or(0), phases_.to); !owed.empty())
      result_.warnings.push_back(std::move(owed));
    kill_point("undone");
    tell("undo", "it is " + std::string{text_of(result_.now)} + " again under epoch "
                     + std::to_string(epoch));
  }
}

io::task<void> domain_move::settle() {
  const auto belongs = committed_ ? phases_.to : phases_.from;
  if (!file_problem_.empty())
    static_cast<void>(co_await lead_for_good(belongs));
  if (file_problem_.empty()) {
    auto last = record(committed_ ? record_kind::done : record_kind::undone);
    last.detail = result_.reason;
    std::vector<journal_record> records;
    records.push_back(std::move(last));
    journal_problem_ = co_await owner_.journal(std::move(records));
  }
  auto& moves = owner_.surroundings().moves;
  moves.note_problem(domain_, file_problem_ + journal_problem_);
  if (!file_problem_.empty() || !journal_problem_.empty())
    co_return;
  std::error_code gone;
  std::filesystem::remove(accounts_file_of(id_, owner_.surroundings().state_dir), gone);
  log::write(committed_ ? log::event::move_done : log::event::move_undone,
             {{"move", id_},
              {"domain", domain_},
              {"phase", text_of(belongs)},
              {"because", result_.reason}});
  caf::anon_send(owner_.surroundings().router, move_ended{domain_});
  leave_ledger();
  ended_ = true;
}

} // namespace stellwerk
