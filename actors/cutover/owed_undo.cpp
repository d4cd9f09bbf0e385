#include "actors/cutover/owed_undo.hpp"

#include "actors/cutover/hook_process.hpp"
#include "actors/cutover/hook_variables.hpp"
#include "actors/cutover/journal_file.hpp"
#include "actors/log/death.hpp"
#include "actors/log/log.hpp"
#include "protocol/cutover/command_line.hpp"

#include <utility>

namespace stellwerk {

owed_undo::owed_undo(caf::actor_config& config, environment_ptr surroundings,
                     std::vector<unfinished_move>& moves)
    : coroutine_actor{config}, surroundings_{std::move(surroundings)}, moves_{
                                                                           std::move(moves)} {}

caf::behavior owed_undo::messages() {
  return {[](caf::unit_t) {}};
}

void owed_undo::on_failure(std::exception_ptr thrown) noexcept {
  log::note_death("owed_undo", std::move(thrown));
}

io::task<void> owed_undo::run() {
  for (const auto& move : moves_) {
    const auto problem = co_await undo(move);
    log::write(problem.empty() ? log::event::undo_done : log::event::undo_failed,
               {{"move", move.id},
                {"domain", move.domain},
                {"command", move.undo_by},
                {"why", problem}});
  }
}

/// Empty, or why the hook did not succeed.
io::task<std::string> owed_undo::undo(const unfinished_move& move) {
  const auto words = split_command(move.undo_by);
  if (!words)
    co_return std::string{"the command has an open quote"};
  const auto until = now() + undo_budget;
  hook_process hook{home(), *this};
  auto problem = hook.start(
      *words,
      variables_of({move.id, move.domain, move.from, move.to}, surroundings_->state_dir),
      std::filesystem::absolute(surroundings_->state_dir).string());
  if (!problem.empty())
    co_return problem;
  for (;;) {
    const bool is_over = hook.ended().has_value(); // Before its lines: they are whole then.
    auto lines = hook.take_lines();
    if (!lines.empty())
      keep(move, std::move(lines));
    if (is_over)
      break;
    if (now() >= until)
      co_return std::string{"its budget is over"};
    co_await event(until);
  }
  co_return hook.succeeded() ? std::string{} : "the command ended with " + *hook.ended();
}

void owed_undo::keep(const unfinished_move& move, std::vector<std::string> lines) const {
  std::vector<journal_record> records;
  for (auto& line : lines)
    records.push_back({.id = move.id,
                       .kind = record_kind::output,
                       .domain = move.domain,
                       .from = move.from,
                       .to = move.to,
                       .step = "undo",
                       .by = "start",
                       .detail = std::move(line)});
  surroundings_->disk->post(
      [folder = surroundings_->state_dir, records = std::move(records)]() mutable {
        if (const auto problem = append_journal(folder, std::move(records)); !problem.empty())
          log::write(log::event::warning_noted, {{"what", problem}});
      });
}

} // namespace stellwerk
