#include "actors/metrics/counts.hpp"

#include <algorithm>

namespace stellwerk::metrics {

void histogram::observe(std::chrono::microseconds took) {
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
  const auto fits = [&](std::uint64_t bound) { return microseconds <= bound * 1000; };
  const auto bucket = std::find_if(bounds_ms.begin(), bounds_ms.end(), fits);
  buckets_[static_cast<std::size_t>(bucket - bounds_ms.begin())].add();
  sum_us_.add(microseconds);
}

std::string_view text_of(place value) {
  switch (value) {
    case place::none:
      return "none";
    case place::on_old:
      return "old";
    case place::on_new:
      return "new";
    case place::queue:
      return "queue";
  }
  return "none";
}

place parse_place(std::string_view text) {
  for (const auto one : all_places)
    if (text_of(one) == text)
      return one;
  return place::none;
}

std::string_view text_of(login_outcome value) {
  switch (value) {
    case login_outcome::accepted:
      return "accepted";
    case login_outcome::refused:
      return "refused";
    case login_outcome::unavailable:
      break;
  }
  return "unavailable";
}

std::string_view text_of(transaction_outcome value) {
  switch (value) {
    case transaction_outcome::accepted:
      return "accepted";
    case transaction_outcome::deferred:
      return "deferred";
    case transaction_outcome::refused:
      break;
  }
  return "refused";
}

listener_counts& counts::listener(std::string_view name) {
  const std::lock_guard guard{mutex_};
  for (auto& one : listeners_)
    if (one.name == name)
      return one;
  auto& made = listeners_.emplace_back();
  made.name = name;
  return made;
}

std::vector<const listener_counts*> counts::listeners() const {
  const std::lock_guard guard{mutex_};
  std::vector<const listener_counts*> all;
  for (const auto& one : listeners_)
    all.push_back(&one);
  return all;
}

} // namespace stellwerk::metrics
