#pragma once

#include "protocol/base/line_sketch.hpp"
#include "protocol/base/safe_point_tracker.hpp"
#include "protocol/imap/literal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::imap {

/// Watches an IMAP session after login, as octets pass in both directions, only enough to know
/// where it can be ended with nothing half done. Changes and holds back nothing.
///
/// Call `on_client` before the octets go to the backend and `on_backend` before they go to the
/// client, from the first octet behind the login. Literals are skipped by count, lines are
/// searched for their end: a gigabyte costs next to nothing. Memory is bounded: a sketch of one
/// line per direction and at most 1000 tags.
class session_tracker final : public safe_point_tracker {
public:
  void on_client(std::string_view octets) override;
  void on_backend(std::string_view octets) override;

  /// May `bye` be said here? True only if every command has its tagged reply and neither side
  /// is within a line, command or literal; or the client idles (RFC 2177) and nothing else is
  /// outstanding. Holds for octets already handed in: octets that the session still keeps
  /// unsent must go first.
  [[nodiscard]] bool at_safe_point() const override;

  /// From here on the octets are compressed (RFC 4978) or encrypted: end when both are quiet.
  [[nodiscard]] bool opaque() const override { return state_ == state::opaque; }

  /// A side broke the grammar, or we misunderstood it: no safe point will be claimed again.
  [[nodiscard]] bool lost() const { return state_ == state::lost; }

  /// The backend said BYE: it closes, nothing more is to be said.
  [[nodiscard]] bool logged_out() const { return state_ == state::logged_out; }

  /// The client began a command that would undo its login (UNAUTHENTICATE, RFC 8437) and with
  /// it the route: do not pass these octets on, close.
  [[nodiscard]] bool forbidden() const override { return state_ == state::forbidden; }

  /// Commands without a tagged reply, an unfinished one included.
  [[nodiscard]] std::size_t outstanding() const { return commands_.size() + uncounted_; }

private:
  enum class state { tracking, opaque, lost, logged_out, forbidden };
  enum class verb { other, idle, makes_opaque, forbidden };
  enum class client_place { line, literal, awaiting_go_ahead };
  enum class idling { no, asked, yes };

  struct command {
    std::string tag;
    verb what;
  };

  void on_client_line();
  void on_command_begin(std::string_view head);
  void on_backend_line();
  void on_go_ahead();
  void on_tagged(std::string_view tag, std::string_view rest);
  [[nodiscard]] static verb verb_of(std::string_view word);

  state state_ = state::tracking;

  line_sketch client_line_;
  client_place client_place_ = client_place::line;
  bool inside_command_ = false;      // A line of it has passed, its end has not.
  std::uint64_t client_literal_ = 0; // Octets still to come.
  std::string current_tag_;          // Of the command begun last.
  bool went_ahead_ = false;          // Sent literal octets without the go-ahead.

  line_sketch backend_line_;
  bool inside_response_ = false;
  std::uint64_t backend_literal_ = 0;

  std::vector<command> commands_;
  std::size_t uncounted_ = 0; // Outstanding beyond the tags we keep.
  idling idling_ = idling::no;
  bool idle_go_ahead_owed_ = false;
};

/// `* BYE [UNAVAILABLE] text` with CRLF: the client reconnects and keeps its password.
[[nodiscard]] std::string bye(std::string_view text);

} // namespace stellwerk::imap
