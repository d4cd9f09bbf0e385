#pragma once

#include "actors/cutover/move_runner.hpp"

#include <stdexcept>

namespace stellwerk {

/// One domain's way through the plan, and the way back (protocol/cutover/switch_plan.hpp).
/// Everything is written to the journal before it takes effect; `flip` is the commit.
class domain_move {
public:
  domain_move(move_runner& owner, std::string domain);
  ~domain_move();
  domain_move(const domain_move&) = delete;
  domain_move& operator=(const domain_move&) = delete;

  [[nodiscard]] const std::string& domain() const { return domain_; }

  /// To its end, one way or the other. Never throws for what can happen in service.
  io::task<domain_result> perform();

  /// To be taken back; false once the commit has begun.
  [[nodiscard]] bool cancel(const std::string& by);

  /// After a fault of ours: the users' way back at least; the rest is for the next start.
  void abandon() const;

  /// Do routes.yaml and the journal say how it ended? Until then the domain is held: no other
  /// move, no edge by hand, and a restart does what is left.
  [[nodiscard]] bool is_settled() const { return ended_; }
  /// Tries again to write what could not be written.
  io::task<void> settle();

private:
  /// Thrown by a step that can't be done; its text is the reason.
  struct stopped : std::runtime_error {
    using runtime_error::runtime_error;
  };

  static constexpr const char* gates_advice
      = "nothing was touched; correct it, or go on in spite of it: --waive NAME=REASON";
  [[nodiscard]] static std::string_view why(phase_report::outcome came);
  [[nodiscard]] static std::string_view advice_for(phase_report::outcome came);
  [[nodiscard]] static std::string failed_gates(const std::vector<gate_result>& gates);

  [[nodiscard]] journal_record record(record_kind kind) const;
  void tell(std::string_view step, std::string text, std::size_t left = 0);
  void leave_ledger();
  void throw_if_stopped() const;
  io::task<void> note(journal_record one);
  io::task<std::optional<domain_result>> prepare();
  io::task<bool> pass_gates();
  io::task<void> carry_out(const planned_step& step);
  io::task<void> hold();
  io::task<void> drain();
  io::task<void> run_hook(std::string step, std::string command, io::clock::time_point until,
                          bool heeds_orders);
  io::task<void> look_at_target();
  io::task<void> flip();
  io::task<void> undo(std::string reason);
  io::task<std::uint64_t> lead_for_good(phase to);
  io::task<phase_report> lead_to(phase to, phase_request::manner how);

  move_runner& owner_;
  std::string domain_;
  std::string id_;
  move_phases phases_;
  domain_result result_;
  std::string cancelled_by_;
  io::clock::time_point freeze_until_ = io::clock::time_point::max();
  bool in_ledger_ = false;
  bool held_ = false;
  bool committing_ = false; ///< The flip is being written: too late to cancel.
  bool committed_ = false;
  bool ended_ = true;
  std::string file_problem_;    ///< Of routes.yaml; empty: it says what is in force.
  std::string journal_problem_; ///< Of the journal's last record.
};

} // namespace stellwerk
