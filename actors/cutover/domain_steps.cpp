#include "actors/cutover/domain_move.hpp"
#include "actors/cutover/gate_keeper.hpp"
#include "actors/cutover/hook_accounts.hpp"
#include "actors/cutover/hook_process.hpp"
#include "actors/cutover/kill_point.hpp"
#include "actors/log/log.hpp"
#include "protocol/cutover/command_line.hpp"

// The steps of a move; what frames them is in domain_move.cpp.
namespace stellwerk {
namespace {

constexpr std::chrono::milliseconds between_counts{100};

const std::string& waiver_of(const move_order& order, const std::string& gate) {
  static const std::string none;
  const auto found = order.waived.find(gate);
  return found == order.waived.end() ? none : found->second;
}

} // namespace

std::string_view domain_move::why(phase_report::outcome came) {
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

std::string_view domain_move::advice_for(phase_report::outcome came) {
  switch (came) {
    case phase_report::outcome::unloaded_edits:
      return "nothing was touched; load them first (stellwerk reload), or take them back";
    case phase_report::outcome::unwritable:
      return "nothing was touched; make routes.yaml and state_dir writable for the proxy";
    case phase_report::outcome::held:
    case phase_report::outcome::unlisted:
    case phase_report::outcome::elsewhere:
    case phase_report::outcome::no_edge:
    case phase_report::outcome::done:
      break;
  }
  return "nothing was touched; stellwerk status tells the phases";
}

std::string domain_move::failed_gates(const std::vector<gate_result>& gates) {
  std::string names;
  for (const auto& gate : gates)
    if (!gate.ok && gate.waived.empty())
      names += (names.empty() ? "" : ", ") + gate.name;
  return names;
}

io::task<bool> domain_move::pass_gates() {
  const auto& order = owner_.order();
  auto now = co_await owner_.ask<standing>(owner_.surroundings().router, get_standing{});
  if (!now)
    throw std::runtime_error{"the router is gone"};
  gate_keeper gates{owner_, owner_.surroundings_ptr()};
  result_.gates = co_await gates.measure(std::move(*now), domain_, order.way);
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
      if (!passed) {
        result_.advice = gates_advice;
        throw stopped{"gates do not pass: " + failed_gates(result_.gates)};
      }
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
      if (owner_.order().hooks.final_sync.empty())
        result_.warnings.push_back(
            "no final sync was run: what the former server alone has, its readers do not see");
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
  if (report.came != phase_report::outcome::done) {
    result_.advice = advice_for(report.came);
    throw stopped{std::string{why(report.came)}
                  + (report.why.empty() ? "" : ": " + report.why)};
  }
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

io::task<void> domain_move::run_hook(std::string step, std::string command,
                                     io::clock::time_point until, bool heeds_orders) {
  const auto words = split_command(command);
  if (!words)
    throw stopped{step + ": the command is blank or has an open quote"};
  const auto now = co_await owner_.ask<standing>(owner_.surroundings().router, get_standing{});
  if (!now)
    throw std::runtime_error{"the router is gone"};
  const hook_cause cause{id_, domain_, phases_.from, phases_.to};
  const auto& state_dir = owner_.surroundings().state_dir;
  std::function<std::string()> write = [cause, in_force = now->now, state_dir] {
    return write_accounts(cause, *in_force, state_dir);
  };
  const auto unwritable = co_await owner_.on_disk(std::move(write));
  if (!unwritable.empty())
    throw stopped{step + ": " + unwritable};
  const auto added = variables_of(cause, state_dir);
  hook_process hook{owner_.home(), owner_};
  tell(step, "runs: " + command);
  if (const auto problem
      = hook.start(*words, added, std::filesystem::absolute(state_dir).string());
      !problem.empty())
    throw stopped{step + ": " + problem};
  kill_point(step + ".running");
  for (;;) {
    if (heeds_orders) // However much it prints.
      throw_if_stopped();
    if (owner_.now() >= until)
      throw stopped{step + ": its budget is over"};
    const bool is_over = hook.ended().has_value(); // Before its lines: they are whole then.
    std::vector<journal_record> records;
    for (auto& line : hook.take_lines()) {
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
    co_await owner_.event(until);
  }
  if (!hook.succeeded())
    throw stopped{step + ": the command ended with " + *hook.ended()};
}

/// The gates were long ago: nobody is led to a server that has died since.
io::task<void> domain_move::look_at_target() {
  if (!waiver_of(owner_.order(), "backends").empty())
    co_return;
  auto now = co_await owner_.ask<standing>(owner_.surroundings().router, get_standing{});
  if (!now)
    throw std::runtime_error{"the router is gone"};
  gate_keeper gates{owner_, owner_.surroundings_ptr()};
  const auto problems = co_await gates.unusable(std::move(*now), destination_of(phases_.to));
  if (problems.empty())
    co_return;
  result_.advice = "repair that server, then begin again";
  throw stopped{"it cannot be served there any more: " + problems.front()};
}

io::task<void> domain_move::flip() {
  co_await look_at_target();
  throw_if_stopped(); // For the last time.
  committing_ = true;
  auto commit = record(record_kind::flip);
  co_await note(std::move(commit));
  committed_ = true;
  kill_point("flipped");
  const auto epoch = co_await lead_for_good(phases_.to);
  tell("flip",
       "it is " + std::string{text_of(result_.now)} + " under epoch " + std::to_string(epoch));
}

} // namespace stellwerk
