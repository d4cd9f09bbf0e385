#pragma once

#include "protocol/base/line_sketch.hpp"
#include "protocol/base/safe_point_tracker.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stellwerk::sieve {

/// The safe points of a ManageSieve session after login (RFC 5804). Literals are skipped by
/// count. Holds a sketch of one line per direction and at most 1000 commands.
class session_tracker final : public safe_point_tracker {
public:
  void on_client(std::string_view octets) override;
  void on_backend(std::string_view octets) override;

  /// True only if every command has its OK or NO and neither side is within a line, a literal
  /// or a command.
  [[nodiscard]] bool at_safe_point() const override;
  [[nodiscard]] bool opaque() const override { return false; }
  /// UNAUTHENTICATE was begun.
  [[nodiscard]] bool forbidden() const override { return state_ == state::forbidden; }

  /// A side broke the grammar, or we misunderstood it: no safe point will be claimed again.
  [[nodiscard]] bool lost() const { return state_ == state::lost; }
  /// LOGOUT is answered, or BYE was said: the backend closes, nothing more is to be said.
  [[nodiscard]] bool logged_out() const { return state_ == state::logged_out; }
  /// Commands without an answer, an unfinished one included.
  [[nodiscard]] std::size_t outstanding() const { return commands_.size(); }

private:
  enum class state : unsigned char { tracking, lost, logged_out, forbidden };
  enum class verb : unsigned char { other, logout, not_after_login };

  /// One direction: lines, and the literals that they end with.
  struct flow {
    line_sketch line;
    std::uint64_t literal = 0; // Octets still to come.
    bool continues = false;    // A literal has come, the rest of the same line has not.
    bool ends_command = false; // A response that began with OK, NO or BYE.

    [[nodiscard]] bool is_between() const { return line.empty() && !continues; }
  };

  /// Takes octets up to the end of a line without its literal; false: there is none yet.
  bool take_line(std::string_view& octets, flow& side);
  void on_command_begin(std::string_view head);
  void on_response_begin(std::string_view head);
  void on_response_end();

  state state_ = state::tracking;
  flow client_;
  flow backend_;
  std::vector<verb> commands_; // Unanswered, in order.
  bool said_ok_ = false;       // The response begins with OK.
};

} // namespace stellwerk::sieve
