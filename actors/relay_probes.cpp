#include "actors/relay_probes.hpp"

#include "actors/random_hex.hpp"
#include "protocol/base/ascii.hpp"
#include "protocol/smtp/header_field.hpp"

#include <algorithm>

namespace stellwerk {

std::string relay_probes::begin() {
  auto token = draw_hex(32);
  const std::lock_guard guard{mutex_};
  awaited_.insert(token);
  return token;
}

bool relay_probes::note_arrival(std::string_view fields) {
  const std::lock_guard guard{mutex_};
  if (awaited_.empty())
    return false;
  while (const auto one = smtp::take_field(fields)) {
    if (!equals_ignoring_case(one->name, field))
      continue;
    auto body = one->body;
    body.remove_prefix(std::min(body.find_first_not_of(" \t"), body.size()));
    if (const auto token = awaited_.find(std::string{body}); token != awaited_.end()) {
      arrived_.insert(*token);
      return true;
    }
  }
  return false;
}

bool relay_probes::has_arrived(const std::string& token) const {
  const std::lock_guard guard{mutex_};
  return arrived_.contains(token);
}

void relay_probes::end(const std::string& token) {
  const std::lock_guard guard{mutex_};
  awaited_.erase(token);
  arrived_.erase(token);
}

} // namespace stellwerk
