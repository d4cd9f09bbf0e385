#include "protocol/imap/session_tracker.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/argument.hpp"
#include "protocol/imap/status_response.hpp"

#include <algorithm>

namespace stellwerk::imap {
namespace {

constexpr std::size_t max_tags = 1000;

/// Drops what of `input` belongs to a literal of which `remaining` octets are to come.
void skip_literal(std::string_view& input, std::uint64_t& remaining) {
  const auto octets = std::min<std::uint64_t>(input.size(), remaining);
  input.remove_prefix(static_cast<std::size_t>(octets));
  remaining -= octets;
}

} // namespace

void session_tracker::on_client(std::string_view octets) {
  while (state_ == state::tracking && !octets.empty()) {
    if (client_place_ == client_place::awaiting_go_ahead) {
      went_ahead_ = true;
      client_place_ = client_place::literal;
    }
    if (client_place_ == client_place::literal) {
      skip_literal(octets, client_literal_);
      if (client_literal_ == 0)
        client_place_ = client_place::line;
      continue;
    }
    if (take_line(octets, client_line_)) {
      if (client_line_.finish())
        on_client_line();
      else
        state_ = state::lost;
      client_line_.clear();
    }
  }
}

void session_tracker::on_client_line() {
  const auto line = client_line_.head();
  if (idling_ != idling::no) {
    if (!client_line_.fits_head() || !equals_ignoring_case(line, "DONE"))
      state_ = state::lost;
    idling_ = idling::no;
    return;
  }
  const auto announced = announced_literal(client_line_.tail());
  if (announces_too_much(client_line_.tail())) {
    state_ = state::lost;
    return;
  }
  if (went_ahead_ && (announced || !inside_command_)) {
    state_ = state::lost; // A client that never waits: which `+` is whose?
    return;
  }
  if (!inside_command_)
    on_command_begin(line);
  inside_command_ = announced.has_value();
  if (!announced)
    return;
  client_literal_ = announced->octets;
  if (announced->synchronising)
    client_place_ = client_place::awaiting_go_ahead;
  else if (client_literal_ > 0)
    client_place_ = client_place::literal;
}

void session_tracker::on_command_begin(std::string_view head) {
  const auto tag = take_tag(head);
  if (!tag) {
    state_ = state::lost;
    return;
  }
  current_tag_ = *tag;
  while (take_space(head)) // Some servers overlook them, so a verb must not hide behind them.
    ;
  const auto what = verb_of(take_word(head));
  if (what == verb::forbidden) {
    state_ = state::forbidden;
    return;
  }
  if (commands_.size() < max_tags) {
    commands_.push_back({current_tag_, what});
  } else if (what == verb::other) {
    ++uncounted_;
  } else {
    state_ = state::lost;
    return;
  }
  if (what == verb::idle) {
    idling_ = idling::asked;
    idle_go_ahead_owed_ = true;
  }
}

session_tracker::verb session_tracker::verb_of(std::string_view word) {
  if (equals_ignoring_case(word, "IDLE"))
    return verb::idle;
  if (equals_ignoring_case(word, "COMPRESS") || equals_ignoring_case(word, "STARTTLS"))
    return verb::makes_opaque;
  if (equals_ignoring_case(word, "UNAUTHENTICATE"))
    return verb::forbidden;
  return verb::other;
}

void session_tracker::on_backend(std::string_view octets) {
  while ((state_ == state::tracking) && !octets.empty()) {
    if (backend_literal_ > 0) {
      skip_literal(octets, backend_literal_);
      continue;
    }
    if (take_line(octets, backend_line_)) {
      if (backend_line_.finish())
        on_backend_line();
      else
        state_ = state::lost;
      backend_line_.clear();
    }
  }
}

void session_tracker::on_backend_line() {
  auto line = backend_line_.head();
  const bool ends_in_text
      = !inside_response_ && (!line.starts_with("* ") || is_status(line.substr(2)));
  if (!ends_in_text) {
    if (announces_too_much(backend_line_.tail()))
      state_ = state::lost;
    const auto announced = announced_literal(backend_line_.tail());
    inside_response_ = announced.has_value();
    backend_literal_ = announced ? announced->octets : 0;
    return;
  }
  if (line.starts_with("* ")) {
    if (parse_status_response(line.substr(2)).is("BYE"))
      state_ = state::logged_out;
    return;
  }
  if (line == "+" || line.starts_with("+ ")) {
    on_go_ahead();
    return;
  }
  if (const auto tag = take_tag(line))
    on_tagged(*tag, line);
  else
    state_ = state::lost;
}

// A `+` answers the one thing that waits: the IDLE, or the announced literal behind it.
void session_tracker::on_go_ahead() {
  if (idle_go_ahead_owed_) {
    idle_go_ahead_owed_ = false;
    if (idling_ == idling::asked)
      idling_ = idling::yes;
  } else if (client_place_ == client_place::awaiting_go_ahead) {
    client_place_ = client_literal_ > 0 ? client_place::literal : client_place::line;
  } else if (went_ahead_) {
    went_ahead_ = false; // The client had not waited; now it is as if it had.
  } else {
    state_ = state::lost;
  }
}

void session_tracker::on_tagged(std::string_view tag, std::string_view rest) {
  auto what = verb::other;
  const auto found
      = std::ranges::find_if(commands_, [&](const auto& c) { return c.tag == tag; });
  if (found != commands_.end()) {
    what = found->what;
    commands_.erase(found);
  } else if (uncounted_ > 0) {
    --uncounted_;
  } else {
    state_ = state::lost;
    return;
  }
  if (what == verb::idle) {
    idling_ = idling::no;
    idle_go_ahead_owed_ = false;
  }
  if (what == verb::makes_opaque && parse_status_response(rest).is("OK")) {
    state_ = state::opaque;
    return;
  }
  if (tag != current_tag_)
    return;
  if (went_ahead_) {
    state_ = state::lost; // Are its octets a literal or commands? The backend knows, not we.
  } else if (client_place_ == client_place::awaiting_go_ahead) {
    // The literal is refused: the client will not send it, its command is over.
    client_place_ = client_place::line;
    inside_command_ = false;
    client_literal_ = 0;
  }
}

bool session_tracker::at_safe_point() const {
  if (state_ != state::tracking)
    return false;
  const bool between_lines = client_line_.empty() && !inside_command_ && backend_line_.empty()
                             && !inside_response_ && backend_literal_ == 0;
  const bool idles_only = idling_ == idling::yes && outstanding() == 1;
  return between_lines && (outstanding() == 0 || idles_only);
}

std::string bye(std::string_view text) {
  return "* BYE [UNAVAILABLE] " + std::string{text.empty() ? "Please connect again." : text}
         + "\r\n";
}

} // namespace stellwerk::imap
