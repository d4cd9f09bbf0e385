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

} // namespace

recovery recover_moves(const std::filesystem::path& state_dir, snapshot& loaded) {
  recovery result;
  auto journal = load_journal(state_dir);
  result.problem = std::move(journal.problem);
  if (!result.problem.empty())
    return result;
  for (auto& move : unfinished_moves(journal.records)) {
    const auto belongs = move.belongs();
    const auto* route = loaded.routes.find(move.domain);
    const bool is_there = route != nullptr && route->now == belongs;
    // Before it was held nothing can have changed; an unlisted domain then stays unlisted.
    if (!is_there && (move.was_held || move.is_committed)) {
      loaded.routes = loaded.routes.with(move.domain, belongs);
      const auto unwritten = write_phase(loaded, move.domain, belongs);
      if (!unwritten.empty()) {
        result.warnings.push_back(move.domain + " is " + std::string{text_of(belongs)}
                                  + " by the journal, but routes.yaml cannot say so: "
                                  + unwritten);
        result.ended.push_back(std::move(move));
        continue;
      }
    }
    std::string detail = "the proxy had ended before the move did";
    if (may_owe_a_sync(move, loaded)) {
      const auto owed = "mail for " + move.domain + " may have gone to "
                        + std::string{text_of(move.to)}
                        + " early and stayed there: run a reverse sync";
      detail += "; " + owed;
      result.warnings.push_back(owed);
    }
    const journal_record end{.id = move.id,
                             .kind
                             = move.is_committed ? record_kind::done : record_kind::undone,
                             .domain = move.domain,
                             .from = move.from,
                             .to = move.to,
                             .by = "start",
                             .detail = std::move(detail)};
    if (auto problem = append_journal(state_dir, {end}); !problem.empty())
      result.warnings.push_back(std::move(problem));
    result.ended.push_back(std::move(move));
  }
  return result;
}

} // namespace stellwerk
