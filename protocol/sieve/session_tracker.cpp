#include "protocol/sieve/session_tracker.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/literal.hpp"
#include "protocol/sieve/response.hpp"

#include <algorithm>

namespace stellwerk::sieve {
namespace {

constexpr std::size_t max_commands = 1000;

std::string_view first_word(std::string_view line) { return line.substr(0, line.find(' ')); }

} // namespace

bool session_tracker::take_line(std::string_view& octets, flow& side) {
  const auto literal = std::min<std::uint64_t>(octets.size(), side.literal);
  octets.remove_prefix(static_cast<std::size_t>(literal));
  side.literal -= literal;
  if (side.literal > 0 || octets.empty() || !stellwerk::take_line(octets, side.line))
    return false;
  if (!side.line.finish() || imap::announces_too_much(side.line.tail()))
    state_ = state::lost;
  return state_ == state::tracking;
}

void session_tracker::on_client(std::string_view octets) {
  while (state_ == state::tracking && take_line(octets, client_)) {
    if (!client_.continues)
      on_command_begin(client_.line.head());
    const auto announced = imap::announced_literal(client_.line.tail());
    // Nobody knows whether a backend takes a literal without the plus.
    if (announced && announced->synchronising && state_ == state::tracking)
      state_ = state::lost;
    client_.continues = announced.has_value();
    client_.literal = announced ? announced->octets : 0;
    client_.line.clear();
  }
}

void session_tracker::on_command_begin(std::string_view head) {
  while (head.starts_with(' ')) // Some servers overlook them.
    head.remove_prefix(1);
  const auto word = first_word(head);
  const auto is = [&](std::string_view name) { return equals_ignoring_case(word, name); };
  if (is("UNAUTHENTICATE"))
    state_ = state::forbidden;
  else if (commands_.size() == max_commands)
    state_ = state::lost;
  else if (is("LOGOUT"))
    commands_.push_back(verb::logout);
  else
    commands_.push_back(is("AUTHENTICATE") || is("STARTTLS") ? verb::not_after_login
                                                             : verb::other);
}

void session_tracker::on_backend(std::string_view octets) {
  while (state_ == state::tracking && take_line(octets, backend_)) {
    if (!backend_.continues)
      on_response_begin(backend_.line.head());
    const auto announced = imap::announced_literal(backend_.line.tail());
    backend_.continues = announced.has_value();
    backend_.literal = announced ? announced->octets : 0;
    backend_.line.clear();
    if (state_ == state::tracking && !backend_.continues && backend_.ends_command)
      on_response_end();
  }
}

void session_tracker::on_response_begin(std::string_view head) {
  backend_.ends_command = is_final(head);
  said_ok_ = equals_ignoring_case(first_word(head), "OK");
  if (equals_ignoring_case(first_word(head), "BYE"))
    state_ = state::logged_out;
  else if (commands_.empty()
           || (!backend_.ends_command && commands_.front() == verb::not_after_login))
    state_ = state::lost;
}

void session_tracker::on_response_end() {
  const auto answered = commands_.front();
  commands_.erase(commands_.begin());
  backend_.ends_command = false;
  if (answered == verb::logout)
    state_ = state::logged_out;
  else if (answered == verb::not_after_login && said_ok_)
    state_ = state::lost;
}

bool session_tracker::at_safe_point() const {
  return state_ == state::tracking && commands_.empty() && client_.is_between()
         && backend_.is_between();
}

} // namespace stellwerk::sieve
