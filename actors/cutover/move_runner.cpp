#include "actors/cutover/move_runner.hpp"

#include "actors/cutover/domain_move.hpp"
#include "actors/cutover/journal_file.hpp"
#include "actors/log/death.hpp"

#include <utility>

namespace stellwerk {
namespace {

/// Between two tries to write what could not be written.
constexpr std::chrono::seconds between_tries{5};

} // namespace

std::string_view text_of(domain_result::outcome value) {
  switch (value) {
    case domain_result::outcome::done:
      return "done";
    case domain_result::outcome::planned:
      return "planned";
    case domain_result::outcome::refused:
      return "refused";
    case domain_result::outcome::undone:
      return "undone";
    case domain_result::outcome::not_begun:
      break;
  }
  return "not_begun";
}

std::string owed_sync_text(std::size_t count, phase to) {
  if (count == 0)
    return {};
  return std::to_string(count) + (count == 1 ? " delivery went" : " deliveries went") + " to "
         + std::string{text_of(to)}
         + " early and stayed there: run a reverse sync, or their readers will not see them";
}

move_runner::move_runner(caf::actor_config& config, environment_ptr surroundings,
                         move_order& order, caf::actor& listener)
    : coroutine_actor{config}, surroundings_{std::move(surroundings)}, order_{std::move(order)},
      listener_{std::move(listener)}, disk_{*this, surroundings_->disk} {}

move_runner::~move_runner() = default;

caf::behavior move_runner::messages() {
  monitor(surroundings_->router);
  set_down_handler([this](const caf::down_msg&) { quit(caf::exit_reason::user_shutdown); });
  return {
      [this](const cancel_move& asked) -> caf::result<cancel_answer> {
        if (under_way_ == nullptr || under_way_->domain() != asked.domain
            || !under_way_->cancel(asked.requested_by))
          return cancel_answer{};
        wake();
        cancellers_.push_back(make_response_promise<cancel_answer>());
        return cancellers_.back();
      },
      [this](disk_written& came) { disk_.take(came); },
  };
}

// The hooks' processes go with the moves, on this worker's thread.
void move_runner::on_exit() {
  coroutine_actor::on_exit();
  moves_.clear();
  if (auto waiting = std::exchange(listener_, nullptr))
    caf::anon_send(waiting, move_gone{});
}

void move_runner::on_failure(std::exception_ptr thrown) noexcept {
  if (under_way_ != nullptr)
    under_way_->abandon();
  log::note_death("move_runner", std::move(thrown));
}

io::task<std::string> move_runner::journal(std::vector<journal_record> records) {
  std::function<std::string()> write
      = [folder = surroundings_->state_dir, records = std::move(records)] {
          return append_journal(folder, records);
        };
  auto problem = co_await on_disk(std::move(write));
  co_return problem;
}

io::task<std::string> move_runner::on_disk(std::function<std::string()> write) {
  auto problem = co_await disk_.run(std::move(write));
  co_return problem;
}

void move_runner::tell(move_progress progress) {
  surroundings_->moves.note_step(progress.domain, progress.step);
  if (listener_)
    caf::anon_send(listener_, std::move(progress));
}

io::task<void> move_runner::run() {
  move_report report{order_.way, {}};
  bool goes_on = true;
  for (const auto& domain : order_.domains) {
    if (!goes_on) {
      report.domains.push_back({.domain = domain, .reason = "one before it failed"});
      continue;
    }
    moves_.push_back(std::make_unique<domain_move>(*this, domain));
    under_way_ = moves_.back().get();
    auto result = co_await under_way_->perform();
    under_way_ = nullptr;
    for (auto& one : std::exchange(cancellers_, {}))
      one.deliver(
          cancel_answer{.is_taken_back = true, .now = result.now, .warnings = result.warnings});
    goes_on = result.came == domain_result::outcome::done
              || result.came == domain_result::outcome::planned;
    report.domains.push_back(std::move(result));
  }
  if (listener_)
    caf::anon_send(listener_, std::move(report));
  listener_ = nullptr;
  // A move is open until the files say how it ended.
  for (const auto& one : moves_)
    while (!one->is_settled()) {
      co_await event(now() + between_tries);
      co_await one->settle();
    }
}

} // namespace stellwerk
