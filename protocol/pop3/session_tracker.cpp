#include "protocol/pop3/session_tracker.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/pop3/status.hpp"

#include <algorithm>

namespace stellwerk::pop3 {
namespace {

constexpr std::size_t max_commands = 1000;

} // namespace

void session_tracker::on_client(std::string_view octets) {
  while (state_ == state::tracking && !octets.empty()) {
    if (!take_line(octets, client_line_))
      return;
    on_command();
    client_line_.clear();
  }
}

void session_tracker::on_command() {
  if (!client_line_.finish() || commands_.size() == max_commands) {
    state_ = state::lost;
    return;
  }
  commands_.push_back(expected_of(client_line_.head()));
}

session_tracker::answer session_tracker::expected_of(std::string_view command) {
  const auto verb = command.substr(0, command.find(' '));
  const auto rest = command.substr(verb.size());
  const auto is_one_of = [&](std::initializer_list<std::string_view> verbs) {
    return std::ranges::any_of(verbs, [&](auto v) { return equals_ignoring_case(v, verb); });
  };
  if (is_one_of({"RETR", "TOP"}) || (is_one_of({"LIST", "UIDL", "CAPA"}) && rest.empty()))
    return answer::lines;
  if (is_one_of({"STAT", "NOOP", "LAST"}))
    return answer::single;
  // `LIST ` with nothing behind the blank: servers differ.
  const bool has_argument = rest.find_first_not_of(' ') != std::string_view::npos;
  if (is_one_of({"LIST", "UIDL"}) && has_argument)
    return answer::single;
  if (is_one_of({"DELE"}))
    return answer::marks;
  if (is_one_of({"RSET"}))
    return answer::unmarks;
  return is_one_of({"QUIT"}) ? answer::ends : answer::unknown;
}

void session_tracker::on_backend(std::string_view octets) {
  while (state_ == state::tracking && !octets.empty()) {
    if (within_lines_) {
      skip_lines(octets);
      continue;
    }
    if (!take_line(octets, backend_line_))
      return;
    on_answer_line();
    backend_line_.clear();
  }
}

void session_tracker::on_answer_line() {
  const bool whole = backend_line_.finish();
  const auto said = parse_status(backend_line_.head()).sign;
  const bool ok = said == sign::ok;
  if (!whole || commands_.empty() || (!ok && said != sign::err)) {
    state_ = state::lost;
    return;
  }
  const auto expected = commands_.front();
  if (expected == answer::lines && ok) {
    within_lines_ = true; // The command stays until their end.
    place_ = place::line_start;
    after_lone_lf_ = false;
    return;
  }
  commands_.erase(commands_.begin());
  if (expected == answer::ends)
    state_ = state::logged_out;
  else if (ok && expected == answer::unknown)
    state_ = state::lost; // Do lines follow or not?
  else if (ok && expected != answer::single)
    has_marks_ = expected == answer::marks;
}

// What ends in `LF . CRLF` or `. LF` is over for some clients and not for others: lost.
void session_tracker::skip_lines(std::string_view& octets) {
  const char next = octets.front();
  switch (place_) {
    case place::line_start:
      place_ = next == '.' ? place::dot : place::inside;
      last_was_cr_ = false;
      if (next == '.')
        octets.remove_prefix(1);
      return;
    case place::dot:
      place_ = next == '\r' ? place::dot_cr : place::inside;
      if (next == '\n')
        state_ = state::lost;
      if (next == '\r')
        octets.remove_prefix(1);
      return;
    case place::dot_cr:
      if (next == '\n' && after_lone_lf_)
        state_ = state::lost;
      if (next != '\n') {
        place_ = place::inside;
        return;
      }
      octets.remove_prefix(1);
      within_lines_ = false;
      commands_.erase(commands_.begin());
      return;
    case place::inside:
      break;
  }
  const auto end = octets.find('\n');
  const auto line = octets.substr(0, end);
  const bool has_cr = line.empty() ? last_was_cr_ : line.back() == '\r';
  if (end == std::string_view::npos) {
    last_was_cr_ = has_cr;
    octets = {};
    return;
  }
  after_lone_lf_ = !has_cr;
  place_ = place::line_start;
  octets.remove_prefix(end + 1);
}

bool session_tracker::at_safe_point() const {
  return state_ == state::tracking && commands_.empty() && client_line_.empty()
         && backend_line_.empty() && !has_marks_;
}

} // namespace stellwerk::pop3
