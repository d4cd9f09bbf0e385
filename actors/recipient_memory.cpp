#include "actors/recipient_memory.hpp"

#include "protocol/base/ascii.hpp"

#include <utility>

namespace stellwerk {

void recipient_memory::note_taken(const std::string& domain, const std::string& address,
                                  side by) {
  const auto key = to_lower(address);
  const std::lock_guard guard{mutex_};
  auto& known = records_[domain];
  auto found = known.find(key);
  if (found == known.end()) {
    if (count_ >= most)
      return;
    ++count_;
    found = known.emplace(key, sides{}).first;
  }
  if (!std::exchange(found->second.at(by), true))
    ++changes_;
}

bool recipient_memory::has_taken(const std::string& domain, const std::string& address,
                                 side by) const {
  const std::lock_guard guard{mutex_};
  const auto known = records_.find(domain);
  if (known == records_.end())
    return false;
  const auto found = known->second.find(to_lower(address));
  return found != known->second.end()
         && (by == side::on_old ? found->second.on_old : found->second.on_new);
}

std::vector<std::string> recipient_memory::of(const std::string& domain) const {
  const std::lock_guard guard{mutex_};
  std::vector<std::string> addresses;
  if (const auto known = records_.find(domain); known != records_.end())
    for (const auto& [address, by] : known->second)
      addresses.push_back(address);
  return addresses;
}

std::size_t recipient_memory::changes() const {
  const std::lock_guard guard{mutex_};
  return changes_;
}

recipient_memory::records recipient_memory::all() const {
  const std::lock_guard guard{mutex_};
  return records_;
}

void recipient_memory::restore(records kept) {
  const std::lock_guard guard{mutex_};
  records_ = std::move(kept);
  count_ = 0;
  for (const auto& [domain, known] : records_)
    count_ += known.size();
}

} // namespace stellwerk
