#pragma once

#include "actors/environment.hpp"
#include "actors/io/coroutine_actor.hpp"
#include "protocol/cutover/journal_record.hpp"

#include <string>
#include <vector>

namespace stellwerk {

/// Runs the undo hooks of moves that the last process left half done and this start has taken
/// back, one after the other; what they print goes to the journal. Takes no message.
///
/// Supervision: nobody starts it again; a hook that fails is in the log, for the operator.
class owed_undo final : public io::coroutine_actor {
public:
  owed_undo(caf::actor_config& config, environment_ptr surroundings,
            std::vector<unfinished_move>& moves);

private:
  io::task<void> run() override;
  caf::behavior messages() override;
  void on_failure(std::exception_ptr thrown) noexcept override;
  io::task<std::string> undo(const unfinished_move& move);
  void keep(const unfinished_move& move, std::vector<std::string> lines) const;

  environment_ptr surroundings_;
  std::vector<unfinished_move> moves_;
};

} // namespace stellwerk
