#include "protocol/logs/submission_ledger.hpp"

#include <utility>

namespace stellwerk::logs {

void submission_ledger::add(std::string key, submission who) {
  static_cast<void>(take(key));
  if (most_ == 0)
    return;
  if (by_key_.size() >= most_) {
    by_key_.erase(by_age_.front().key);
    by_age_.pop_front();
  }
  by_age_.push_back({key, std::move(who)});
  by_key_.emplace(std::move(key), std::prev(by_age_.end()));
}

std::optional<submission> submission_ledger::take(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end())
    return std::nullopt;
  auto who = std::move(found->second->who);
  by_age_.erase(found->second);
  by_key_.erase(found);
  return who;
}

} // namespace stellwerk::logs
