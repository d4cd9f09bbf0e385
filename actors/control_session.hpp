#pragma once

#include "actors/control_question.hpp"
#include "actors/cutover/journal_file.hpp"
#include "actors/environment.hpp"
#include "actors/findings/finding_keeper.hpp"
#include "actors/io/coroutine_actor.hpp"
#include "actors/leg.hpp"

#include <deque>
#include <optional>
#include <string>

namespace stellwerk {

/// One connection to the control socket: a question, an answer, progress before it.
///
///   move_progress, move_report, move_gone   Of the move that it has ordered.
///   journal_load, finding_answer            What it has had read.
///
/// Supervision: nobody starts it again; who asked asks again.
class control_session final : public io::coroutine_actor {
public:
  /// `supervisor` takes `drain_request`.
  control_session(caf::actor_config& config, environment_ptr surroundings,
                  caf::actor supervisor, io::file_descriptor& socket);

private:
  io::task<void> run() override;
  caf::behavior messages() override;
  void on_failure(std::exception_ptr thrown) noexcept override;

  io::task<std::string> answer(leg& peer, std::string line, std::string who);
  io::task<std::string> move(leg& peer, move_order order, std::string who);
  io::task<void> pass_on(leg& peer);
  std::string take_progress();
  io::task<std::string> lead(std::string domain, std::optional<phase> to, std::string who,
                             std::string owed = {});
  void note_phase(const phase_request& asked, phase from) const;
  io::task<std::string> cancel(std::string domain, std::string who);
  io::task<std::string> findings(leg& peer, std::string domain);
  io::task<std::string> history(std::string domain);

  environment_ptr surroundings_;
  caf::actor supervisor_;
  io::file_descriptor socket_;
  std::deque<move_progress> progress_;
  std::size_t left_out_ = 0; ///< Before the first of those.
  std::optional<move_report> report_;
  bool is_gone_ = false; ///< No report will come.
  io::clock::time_point last_words_until_ = io::clock::time_point::max();
  std::optional<journal_load> journal_;
  std::optional<finding_answer> found_;
};

} // namespace stellwerk
