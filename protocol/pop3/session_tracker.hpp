#pragma once

#include "protocol/base/line_sketch.hpp"
#include "protocol/base/safe_point_tracker.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace stellwerk::pop3 {

/// The safe points of a POP3 session after login (the TRANSACTION state of RFC 1939). Commands
/// may be pipelined. Within an answer of many lines only their ends are searched: a gigabyte
/// costs next to nothing. Holds a sketch of one line per direction and at most 1000 commands.
class session_tracker final : public safe_point_tracker {
public:
  void on_client(std::string_view octets) override;
  void on_backend(std::string_view octets) override;

  /// True only if every command has its whole answer, neither side is within a line, and no
  /// message is marked as deleted: such marks are carried out by QUIT alone, and a client that
  /// lost them would fetch the messages twice.
  [[nodiscard]] bool at_safe_point() const override;
  [[nodiscard]] bool opaque() const override { return false; }
  [[nodiscard]] bool forbidden() const override { return false; }

  /// A side broke the grammar, or we misunderstood it: no safe point will be claimed again.
  [[nodiscard]] bool lost() const { return state_ == state::lost; }
  /// QUIT is answered: the backend closes, nothing more is to be said.
  [[nodiscard]] bool logged_out() const { return state_ == state::logged_out; }
  /// Commands without a whole answer.
  [[nodiscard]] std::size_t outstanding() const { return commands_.size(); }

private:
  enum class state : unsigned char { tracking, lost, logged_out };
  /// What a +OK to a command means.
  enum class answer : unsigned char {
    single,  ///< It is all.
    lines,   ///< Lines follow, up to `.`.
    marks,   ///< DELE.
    unmarks, ///< RSET.
    ends,    ///< QUIT.
    unknown, ///< No command of this state.
  };
  /// Within the lines of an answer.
  enum class place : unsigned char { line_start, dot, dot_cr, inside };

  [[nodiscard]] static answer expected_of(std::string_view command);
  void on_command();
  void on_answer_line();
  void skip_lines(std::string_view& octets);

  state state_ = state::tracking;
  line_sketch client_line_;
  line_sketch backend_line_;
  std::vector<answer> commands_; // Unanswered, in order.
  bool within_lines_ = false;
  place place_ = place::line_start;
  bool after_lone_lf_ = false; // The line before ended in LF alone.
  bool last_was_cr_ = false;
  bool has_marks_ = false;
};

} // namespace stellwerk::pop3
