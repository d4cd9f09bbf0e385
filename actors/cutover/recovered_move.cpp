#include "actors/cutover/recovered_move.hpp"

#include "actors/cutover/hook_accounts.hpp"
#include "actors/cutover/hook_process.hpp"
#include "actors/cutover/journal_file.hpp"
#include "actors/log/death.hpp"
#include "actors/log/log.hpp"
#include "protocol/cutover/command_line.hpp"

#include <utility>

namespace stellwerk {
namespace {

/// Between two tries to write what could not be written.
constexpr std::chrono::seconds between_tries{5};

} // namespace

recovered_move::recovered_move(caf::actor_config& config, environment_ptr surroundings,
                               open_move& what)
    : coroutine_actor{config}, surroundings_{std::move(surroundings)}, what_{std::move(what)},
      disk_{*this, surroundings_->disk} {}

caf::behavior recovered_move::messages() {
  monitor(surroundings_->router);
  set_down_handler([this](const caf::down_msg&) { quit(caf::exit_reason::user_shutdown); });
  return {
      [this](const cancel_move&) -> caf::result<cancel_answer> {
        if (what_.move.is_committed)
          return cancel_answer{};
        if (undo_is_over_)
          return taken_back();
        cancellers_.push_back(make_response_promise<cancel_answer>());
        return cancellers_.back();
      },
      [this](disk_written& came) { disk_.take(came); },
      [this](doors_are_open) {
        may_begin_ = true;
        wake();
      },
  };
}

// Its entry holds this actor. After a fault the router goes on to hold the domain.
void recovered_move::on_exit() {
  coroutine_actor::on_exit();
  surroundings_->moves.end(what_.move.domain);
}

void recovered_move::on_failure(std::exception_ptr thrown) noexcept {
  log::note_death("recovered_move", std::move(thrown));
}

io::task<void> recovered_move::run() {
  while (!may_begin_)
    co_await event();
  if (what_.move.owes_undo())
    co_await undo();
  undo_is_over_ = true;
  for (auto& one : std::exchange(cancellers_, {}))
    one.deliver(taken_back());
  for (bool is_settled = co_await settle(); !is_settled; is_settled = co_await settle())
    co_await event(now() + between_tries);
  std::error_code gone;
  std::filesystem::remove(accounts_file_of(what_.move.id, surroundings_->state_dir), gone);
  caf::anon_send(surroundings_->router, move_ended{what_.move.domain});
}

cancel_answer recovered_move::taken_back() const {
  cancel_answer answer{.is_taken_back = true, .now = what_.move.belongs()};
  if (!what_.file_problem.empty())
    answer.warnings.push_back(what_.file_problem + "; it is tried again");
  return answer;
}

io::task<void> recovered_move::undo() {
  const auto& move = what_.move;
  const auto problem = co_await run_hook();
  log::write(problem.empty() ? log::event::undo_done : log::event::undo_failed,
             {{"move", move.id},
              {"domain", move.domain},
              {"command", move.undo_by},
              {"why", problem}});
  if (!problem.empty())
    what_.end.detail += "; undo: " + problem + "; run it by hand";
}

/// Empty, or why the hook did not succeed.
io::task<std::string> recovered_move::run_hook() {
  const auto& move = what_.move;
  const auto words = split_command(move.undo_by);
  if (!words)
    co_return std::string{"the command is blank or has an open quote"};
  const auto now_in_force = co_await ask<standing>(surroundings_->router, get_standing{});
  if (!now_in_force)
    throw std::runtime_error{"the router is gone"};
  const auto& state_dir = surroundings_->state_dir;
  const hook_cause cause{move.id, move.domain, move.from, move.to};
  std::function<std::string()> write = [cause, in_force = now_in_force->now, state_dir] {
    return write_accounts(cause, *in_force, state_dir);
  };
  auto problem = co_await disk_.run(std::move(write));
  if (!problem.empty())
    co_return problem;
  const auto until = now() + undo_budget;
  hook_process hook{home(), *this};
  problem = hook.start(*words, variables_of(cause, state_dir),
                       std::filesystem::absolute(state_dir).string());
  if (!problem.empty())
    co_return problem;
  for (;;) {
    const bool is_over = hook.ended().has_value(); // Before its lines: they are whole then.
    auto lines = hook.take_lines();
    if (!lines.empty())
      keep(std::move(lines));
    if (is_over)
      break;
    if (now() >= until)
      co_return std::string{"its budget is over"};
    co_await event(until);
  }
  co_return hook.succeeded() ? std::string{} : "the command ended with " + *hook.ended();
}

void recovered_move::keep(std::vector<std::string> lines) const {
  std::vector<journal_record> records;
  for (auto& line : lines) {
    auto one = what_.end;
    one.kind = record_kind::output;
    one.step = "undo";
    one.detail = std::move(line);
    records.push_back(std::move(one));
  }
  surroundings_->disk->post(
      [folder = surroundings_->state_dir, records = std::move(records)]() mutable {
        if (const auto problem = append_journal(folder, std::move(records)); !problem.empty())
          log::write(log::event::warning_noted, {{"what", problem}});
      });
}

/// Do routes.yaml and the journal say how it ended?
io::task<bool> recovered_move::settle() {
  const auto& domain = what_.move.domain;
  if (!what_.file_problem.empty()) {
    auto asked = hold_of(what_);
    const auto report = co_await ask<phase_report>(surroundings_->router, std::move(asked));
    if (!report)
      throw std::runtime_error{"the router is gone"};
    what_.file_problem = report->came == phase_report::outcome::done
                             ? report->file_problem
                             : "routes.yaml cannot be changed: " + report->why;
  }
  auto problem = what_.file_problem;
  if (problem.empty()) {
    std::function<std::string()> write = [folder = surroundings_->state_dir, end = what_.end] {
      return append_journal(folder, {end});
    };
    problem = co_await disk_.run(std::move(write));
  }
  surroundings_->moves.note_problem(domain, problem);
  co_return problem.empty();
}

phase_request hold_of(const open_move& what) {
  return {.domain = what.move.domain,
          .to = what.move.belongs(),
          .expected = {},
          .how = phase_request::manner::of_move,
          .requested_by = "start"};
}

caf::actor spawn_recovered_move(io::worker& home, const environment_ptr& surroundings,
                                open_move what) {
  const auto domain = what.move.domain;
  move_ledger::entry entry{.id = what.move.id,
                           .way = what.move.from == phase::on_old ? direction::forward
                                                                  : direction::back,
                           .step = what.move.is_committed ? "release" : "undo",
                           .requested_by = what.move.by,
                           .since = std::chrono::system_clock::now(),
                           .problem = what.file_problem + what.journal_problem};
  entry.runner = io::spawn_pinned<recovered_move>(home, surroundings, what);
  auto runner = entry.runner;
  static_cast<void>(surroundings->moves.begin(domain, std::move(entry)));
  return runner;
}

} // namespace stellwerk
