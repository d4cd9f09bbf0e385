#include "actors/metrics/session_tally.hpp"

#include <algorithm>

namespace stellwerk::metrics {
namespace {

place place_in(std::span<const log::field> fields) {
  for (const auto& one : fields)
    if (const auto* text = std::get_if<std::string_view>(&one.what.get());
        text != nullptr && one.key == "backend")
      return parse_place(*text);
  return place::none;
}

bool was_delayed(std::span<const log::field> fields) {
  return std::ranges::any_of(fields, [](const log::field& one) {
    const auto* number = std::get_if<std::int64_t>(&one.what.get());
    return one.key == "delayed_ms" && number != nullptr && *number > 0;
  });
}

} // namespace

session_tally::session_tally(counts& all, listener_counts& here) : all_{all}, here_{here} {
  here_.connections.add();
  here_.sessions[at_].add();
}

void session_tally::move_to(place where) {
  here_.sessions[at_].subtract();
  at_ = where;
  here_.sessions[at_].add();
}

void session_tally::park(bool is_parked) {
  if (is_parked && !parked_)
    here_.parked.add();
  else if (!is_parked && parked_)
    here_.parked.subtract();
  parked_ = is_parked;
}

void session_tally::end() {
  here_.sessions[at_].subtract();
  park(false);
}

void session_tally::note_ready(place where, std::chrono::microseconds took) {
  all_.backend(where).connect.observe(took);
  move_to(where);
}

void session_tally::note(log::event what, std::span<const log::field> fields) {
  const auto transaction = [&](transaction_outcome came) {
    all_.backend(place_in(fields)).transactions[came].add();
  };
  switch (what) {
    case log::event::connection_refused:
      return here_.refused.add();
    case log::event::tls_failed:
    case log::event::tls_name_retired:
      return here_.tls_failures.add();
    case log::event::login_parked:
      move_to(place::none);
      return park(true);
    case log::event::login_released:
      return park(false);
    case log::event::login_accepted:
      return here_.logins[login_outcome::accepted].add();
    case log::event::login_refused:
      here_.logins[login_outcome::refused].add();
      if (was_delayed(fields))
        here_.delayed.add();
      return move_to(place::none);
    case log::event::login_unavailable:
      here_.logins[login_outcome::unavailable].add();
      park(false);
      return move_to(place::none);
    case log::event::message_accepted:
      return transaction(transaction_outcome::accepted);
    case log::event::message_deferred:
      return transaction(transaction_outcome::deferred);
    case log::event::message_refused:
      return transaction(transaction_outcome::refused);
    case log::event::backend_failed:
      return all_.backend(place_in(fields)).failures.add();
    default:
      return; // The rest of what happens is not counted.
  }
}

} // namespace stellwerk::metrics
