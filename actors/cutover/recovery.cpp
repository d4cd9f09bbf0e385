#include "actors/cutover/recovery.hpp"

#include "actors/cutover/journal_file.hpp"
#include "actors/routes_file.hpp"

#include <utility>

namespace stellwerk {
namespace {

/// How much went early nobody has counted over the crash.
bool may_owe_a_sync(const unfinished_move& move, const snapshot& loaded) {
  return move.was_held && !move.is_committed
         && loaded.settings.policy.delivery_while_moving == while_moving::target;
}

std::string owed_sync_text(const unfinished_move& move) {
  return "mail for " + move.domain + " may have gone to " + std::string{text_of(move.to)}
         + " early and stayed there: run a reverse sync";
}

/// Empty, or why routes.yaml does not say where the domain belongs; the snapshot does.
std::string put_right(snapshot& loaded, const unfinished_move& move) {
  const auto belongs = move.belongs();
  const auto* route = loaded.routes.find(move.domain);
  if (route != nullptr && route->now == belongs)
    return {};
  loaded.routes = loaded.routes.with(move.domain, belongs);
  return write_phase(loaded, move.domain, belongs);
}

} // namespace

recovery recover_moves(const std::filesystem::path& state_dir, snapshot& loaded) {
  recovery result;
  auto journal = load_journal(state_dir);
  result.problem = std::move(journal.problem);
  if (!result.problem.empty())
    return result;
  for (auto& move : unfinished_moves(journal.records)) {
    // Before it was held nothing can have changed; an unlisted domain then stays unlisted.
    const bool was_touched = move.was_held || move.is_committed;
    open_move one{.move = move,
                  .end = {.id = move.id,
                          .kind = move.is_committed ? record_kind::done : record_kind::undone,
                          .domain = move.domain,
                          .from = move.from,
                          .to = move.to,
                          .by = "start",
                          .detail = "the proxy had ended before the move did"},
                  .file_problem = was_touched ? put_right(loaded, move) : std::string{},
                  .journal_problem = {}};
    if (!one.file_problem.empty())
      result.warnings.push_back(move.domain + " is " + std::string{text_of(move.belongs())}
                                + " by the journal, but routes.yaml cannot say so: "
                                + one.file_problem);
    if (may_owe_a_sync(move, loaded)) {
      result.warnings.push_back(owed_sync_text(move));
      one.end.detail += "; " + result.warnings.back();
    }
    if (one.file_problem.empty() && !move.owes_undo())
      one.journal_problem = append_journal(state_dir, {one.end});
    if (!one.journal_problem.empty())
      result.warnings.push_back(one.journal_problem);
    const bool stays_open = !one.file_problem.empty() || !one.journal_problem.empty();
    if (was_touched && (move.owes_undo() || stays_open))
      result.open.push_back(std::move(one));
    result.found.push_back(std::move(move));
  }
  return result;
}

} // namespace stellwerk
