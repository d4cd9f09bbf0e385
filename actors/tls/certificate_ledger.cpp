#include "actors/tls/certificate_ledger.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk::tls {

namespace {

constexpr std::size_t longest_login = 256;

std::int64_t hour_of(time_point when) {
  return std::chrono::floor<std::chrono::hours>(when).time_since_epoch().count();
}

std::size_t place_of(std::int64_t hour) {
  return static_cast<std::size_t>(hour) % certificate_ledger::hours_kept;
}

certificate_ledger::name_key key_of(const server_handshake& handshake) {
  const auto& choice = handshake.choice;
  const auto& names = choice.chosen->names;
  if (choice.by_name)
    return {std::string{choice.chosen->name_for(handshake.asked)}, true};
  return {names.empty() ? std::string{} : names.front(), false};
}

} // namespace

void certificate_ledger::record::advance(std::int64_t hour) {
  constexpr auto all = static_cast<std::int64_t>(hours_kept);
  const auto passed = hour - newest_hour;
  if (passed <= 0 && -passed < all)
    return; // At most a few hours late: its place is still there.
  if (passed < 0 || passed >= all)
    handshakes.fill(0);
  else
    for (auto next = newest_hour + 1; next <= hour; ++next)
      handshakes[place_of(next)] = 0;
  newest_hour = hour;
}

std::uint64_t certificate_ledger::record::uses(std::size_t hours, time_point now) const {
  const auto to = hour_of(now);
  const auto least = std::max(newest_hour - static_cast<std::int64_t>(hours_kept),
                              to - static_cast<std::int64_t>(hours));
  std::uint64_t sum = 0;
  for (auto hour = std::min(to, newest_hour); hour > least; --hour)
    sum += handshakes[place_of(hour)];
  return sum;
}

certificate_ledger::record& certificate_ledger::at(name_key key) {
  if (records_.size() >= most_names && !records_.contains(key))
    records_.erase(std::min_element(records_.begin(), records_.end(),
                                    [](const auto& one, const auto& other) {
                                      return one.second.newest_hour < other.second.newest_hour;
                                    }));
  return records_[std::move(key)];
}

void certificate_ledger::note_handshake(const SSL* ssl) {
  const auto& handshake = handshake_of(ssl);
  auto key = key_of(handshake);
  const auto hour = hour_of(handshake.began);
  const std::lock_guard guard{mutex_};
  auto& here = at(std::move(key));
  here.advance(hour);
  ++here.handshakes[place_of(hour)];
}

void certificate_ledger::note_refused(const server_handshake& handshake) {
  name_key key{handshake.choice.retired_name, !handshake.asked.empty()};
  const auto hour = hour_of(handshake.began);
  const std::lock_guard guard{mutex_};
  auto& here = at(std::move(key));
  here.advance(hour);
  ++here.refused;
}

void certificate_ledger::note_login(const SSL* ssl, std::string_view login, time_point now) {
  auto key = key_of(handshake_of(ssl));
  const std::lock_guard guard{mutex_};
  auto& here = at(std::move(key));
  here.advance(hour_of(now));
  here.last_login = login.substr(0, longest_login);
  here.last_login_at = now;
}

certificate_ledger::records certificate_ledger::all() const {
  const std::lock_guard guard{mutex_};
  return records_;
}

void certificate_ledger::restore(records kept) {
  const std::lock_guard guard{mutex_};
  records_ = std::move(kept);
}

} // namespace stellwerk::tls
