#include "actors/cutover/domain_move.hpp"

#include "actors/cutover/gate_keeper.hpp"
#include "actors/cutover/hook_process.hpp"
#include "actors/cutover/hook_variables.hpp"
#include "actors/cutover/journal_file.hpp"
#include "actors/cutover/kill_point.hpp"
#include "actors/io/atomic_file.hpp"
#include "actors/log/log.hpp"
#include "protocol/base/csv_writer.hpp"
#include "protocol/cutover/command_line.hpp"

#include <algorithm>
#include <stdexcept>

namespace stellwerk {
namespace {

constexpr std::chrono::milliseconds between_counts{100};
/// What a hook prints beyond is not kept.
constexpr std::size_t max_output_lines = 10000;

const std::string& waiver_of(const move_order& order, const std::string& gate) {
  static const std::string none;
  const auto found = order.waived.find(gate);
  return found == order.waived.end() ? none : found->second;
}

/// The accounts that are not at the target yet, as STELLWERK_ACCOUNTS names them.
std::string accounts_csv(const world& now, const std::string& domain, side target) {
  std::string text = "login,old_login,new_login\n";
  for (const auto& one : now.current.accounts->all())
    if (one.domain == domain && one.pin != target)
      text += csv_text(one.login) + ',' + csv_text(one.login_at(side::on_old)) + ','
              + csv_text(one.login_at(side::on_new)) + '\n';
  return text;
}

std::string failed_gates(const std::vector<gate_result>& gates) {
  std::string names;
  for (const auto& gate : gates)
    if (!gate.ok && gate.waived.empty())
      names += (names.empty() ? "" : ", ") + gate.name;
  return names;
}

std::string_view why(phase_report::outcome came) {
  switch (came) {
    case phase_report::outcome::held:
      return "another move holds it";
    case phase_report::outcome::unlisted:
      return "it is not listed in routes.yaml";
    case phase_report::outcome::elsewhere:
      return "its phase has changed meanwhile";
    case phase_report::outcome::no_edge:
      return "no edge leads there";
    case phase_report::outcome::unloaded_edits:
      return "routes.yaml has edits that are not loaded yet";
    case phase_report::outcome::unwritable:
    case phase_report::outcome::done:
      break;
  }
  return "files cannot be written";
}

} // namespace

struct domain_move::stopped : std::runtime_error {
  using runtime_error::runtime_error;
};

domain_move::domain_move(move_runner& owner, std::string domain)
    : owner_{owner}, domain_{std::move(domain)}, id_{draw_move_id()}, phases_{phases_of(
                                                                          owner.order().way)} {
  result_.domain = domain_;
  result_.now = phases_.from;
}

// Without its runner a move that has not ended stays open in the journal; the next start ends
// it.
domain_move::~domain_move() {
  if (in_ledger_)
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
  if (committed_ || ended_)
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

io::task<domain_result> domain_move::perform() {
  if (auto refused = co_await prepare())
    co_return std::move(*refused);
  const auto& order = owner_.order();
  std::string reason;
  try {
    for (const auto& step : plan_of(order.way, order.hooks)) {
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
  if (!file_problem_.empty())
    result_.warnings.push_back("it is " + std::string{text_of(result_.now)}
                               + ", but that cannot be written yet: " + file_problem_);
  co_return std::move(result_);
}

/// A result: it does not begin.
io::task<std::optional<domain_result>> domain_move::prepare() {
  const auto& order = owner_.order();
  const auto refuse = [&](std::string reason, std::string advice) {
    result_.came = domain_result::outcome::refused;
    result_.reason = std::move(reason);
    result_.advice = std::move(advice);
    return std::optional{std::move(result_)};
  };
  in_ledger_ = owner_.surroundings().moves.begin(
      domain_, {.id = id_,
                .way = order.way,
                .step = "gates",
                .requested_by = order.requested_by,
                .since = std::chrono::system_clock::now(),
                .runner = caf::actor_cast<caf::actor>(&owner_)});
  if (!in_ledger_) {
    const auto other = owner_.surroundings().moves.find(domain_);
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
  if (order.dry_run) {
    const bool passed = co_await pass_gates();
    result_.plan = plan_of(order.way, order.hooks);
    result_.came = passed ? domain_result::outcome::planned : domain_result::outcome::refused;
    if (!passed)
      result_.reason = "gates do not pass: " + failed_gates(result_.gates);
    co_return std::move(result_);
  }
  ended_ = false;
  auto first = record(record_kind::begin);
  first.undo_by = order.hooks.undo;
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

io::task<bool> domain_move::pass_gates() {
  const auto& order = owner_.order();
  auto now = co_await owner_.ask<standing>(owner_.surroundings().router, get_standing{});
  if (!now)
    throw std::runtime_error{"the router is gone"};
  gate_keeper gates{owner_, owner_.surroundings_ptr()};
  result_.gates = co_await gates.measure(std::move(*now), domain_);
  result_.gates.push_back({"idle", true, "nobody else", "no other move has the domain"});
  for (auto& gate : result_.gates) {
    gate.waived = waiver_of(order, gate.name);
    tell("gates",
         gate.name + (gate.ok ? " ok: " : " FAILED: ") + gate.value
             + (gate.ok || gate.waived.empty() ? "" : " (waived: " + gate.waived + ')'));
  }
  co_return failed_gates(result_.gates).empty();
}

io::task<void> domain_move::carry_out(const planned_step& step) {
  const std::string word{text_of(step.what)};
  if (step.what != switch_step::flip && step.what != switch_step::release) {
    auto begins = record(record_kind::step);
    begins.step = word;
    begins.detail = step.command;
    co_await note(std::move(begins));
  }
  log::write(log::event::move_step, {{"move", id_}, {"domain", domain_}, {"step", word}});
  kill_point(word);
  switch (step.what) {
    case switch_step::gates: {
      const bool passed = co_await pass_gates();
      if (!passed)
        throw stopped{"gates do not pass: " + failed_gates(result_.gates)};
      break;
    }
    case switch_step::hold:
      co_await hold();
      break;
    case switch_step::drain:
      co_await drain();
      break;
    case switch_step::quiesce:
    case switch_step::final_sync:
    case switch_step::verify:
    case switch_step::before_flip:
      co_await run_hook(word, step.command, freeze_until_, true);
      break;
    case switch_step::flip:
      co_await flip();
      break;
    case switch_step::release:
      result_.came = domain_result::outcome::done;
      tell(word, "the waiting logins go on to " + std::string{text_of(phases_.to)});
      break;
  }
}

io::task<void> domain_move::hold() {
  const auto now = co_await owner_.ask<standing>(owner_.surroundings().router, get_standing{});
  if (!now)
    throw std::runtime_error{"the router is gone"};
  freeze_until_ = owner_.now() + now->now->settings().budgets.freeze;
  const auto report = co_await lead_to(phases_.between, phase_request::manner::begins_move);
  if (report.came != phase_report::outcome::done)
    throw stopped{std::string{why(report.came)}
                  + (report.why.empty() ? "" : ": " + report.why)};
  held_ = true;
  kill_point("held");
  tell("hold", "it is " + std::string{text_of(phases_.between)} + " under epoch "
                   + std::to_string(report.epoch));
}

/// Everybody is counted before an epoch is compared, so a count of zero is zero.
io::task<void> domain_move::drain() {
  std::size_t told = 0;
  for (bool first = true;; first = false) {
    misplaced_request asked{domain_};
    const auto left
        = co_await owner_.ask<std::size_t>(owner_.surroundings().router, std::move(asked));
    if (!left)
      throw std::runtime_error{"the router is gone"};
    if (*left != told || first)
      tell("drain", *left == 0 ? "nobody is left" : "waits for sessions and deliveries to end",
           *left);
    told = *left;
    if (told == 0)
      break;
    throw_if_stopped();
    co_await owner_.event(owner_.now() + between_counts);
  }
  kill_point("drained");
}

/// Empty, or why the file for the hooks could not be written.
io::task<std::string> domain_move::write_accounts(phase target) {
  const auto now = co_await owner_.ask<standing>(owner_.surroundings().router, get_standing{});
  if (!now)
    throw std::runtime_error{"the router is gone"};
  const auto text = accounts_csv(*now->now, domain_, destination_of(target));
  co_return io::replace_file(accounts_file_of(id_, owner_.surroundings().state_dir), text);
}

io::task<void> domain_move::run_hook(std::string step, std::string command,
                                     io::clock::time_point until, bool heeds_orders) {
  const auto words = split_command(command);
  if (!words)
    throw stopped{step + ": the command has an open quote"};
  const auto target = phases_.to;
  const auto unwritable = co_await write_accounts(target);
  if (!unwritable.empty())
    throw stopped{step + ": " + unwritable};
  const auto& state_dir = owner_.surroundings().state_dir;
  const auto added = variables_of({id_, domain_, phases_.from, phases_.to}, state_dir);
  hook_process hook{owner_.home(), owner_};
  tell(step, "runs: " + command);
  if (const auto problem
      = hook.start(*words, added, std::filesystem::absolute(state_dir).string());
      !problem.empty())
    throw stopped{step + ": " + problem};
  kill_point(step + ".running");
  std::size_t kept = 0;
  for (;;) {
    const bool is_over = hook.ended().has_value(); // Before its lines: they are whole then.
    std::vector<journal_record> records;
    for (auto& line : hook.take_lines()) {
      if (++kept > max_output_lines)
        break;
      tell(step, "| " + line);
      auto one = record(record_kind::output);
      one.step = step;
      one.detail = std::move(line);
      records.push_back(std::move(one));
    }
    if (!records.empty()) {
      const auto problem = co_await owner_.journal(std::move(records));
      if (!problem.empty() && heeds_orders)
        throw stopped{"the journal cannot be written: " + problem};
      continue;
    }
    if (is_over)
      break;
    if (heeds_orders)
      throw_if_stopped();
    else if (owner_.now() >= until)
      throw stopped{step + ": its budget is over"};
    co_await owner_.event(until);
  }
  if (!hook.succeeded())
    throw stopped{step + ": the command ended with " + *hook.ended()};
}

io::task<void> domain_move::flip() {
  auto commit = record(record_kind::flip);
  co_await note(std::move(commit));
  committed_ = true;
  kill_point("flipped");
  const auto report = co_await lead_to(phases_.to, phase_request::manner::of_move);
  file_problem_ = report.file_problem;
  tell("flip", "it is " + std::string{text_of(phases_.to)} + " under epoch "
                   + std::to_string(report.epoch));
}

io::task<void> domain_move::undo(std::string reason) {
  log::write(log::event::move_undone,
             {{"move", id_}, {"domain", domain_}, {"because", reason}});
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
    const auto report = co_await lead_to(phases_.from, phase_request::manner::of_move);
    file_problem_ = report.file_problem;
    early_request asked{domain_};
    const auto early
        = co_await owner_.ask<std::size_t>(owner_.surroundings().router, std::move(asked));
    if (auto owed = owed_sync_text(early.value_or(0), phases_.to); !owed.empty())
      result_.warnings.push_back(std::move(owed));
    kill_point("undone");
    tell("undo", "it is " + std::string{text_of(phases_.from)} + " again under epoch "
                     + std::to_string(report.epoch));
  }
}

io::task<void> domain_move::settle() {
  if (!file_problem_.empty()) {
    const auto report = co_await lead_to(result_.now, phase_request::manner::of_move);
    file_problem_ = report.file_problem;
  }
  if (file_problem_.empty()) {
    auto last = record(committed_ ? record_kind::done : record_kind::undone);
    last.detail = result_.reason;
    std::vector<journal_record> records;
    records.push_back(std::move(last));
    file_problem_ = co_await owner_.journal(std::move(records));
  }
  owner_.surroundings().moves.note_problem(domain_, file_problem_);
  if (!file_problem_.empty())
    co_return;
  std::error_code gone;
  std::filesystem::remove(accounts_file_of(id_, owner_.surroundings().state_dir), gone);
  if (committed_)
    log::write(log::event::move_done,
               {{"move", id_}, {"domain", domain_}, {"phase", text_of(phases_.to)}});
  caf::anon_send(owner_.surroundings().router, move_ended{domain_});
  owner_.surroundings().moves.end(domain_);
  ended_ = true;
}

} // namespace stellwerk
