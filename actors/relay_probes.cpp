#include "actors/relay_probes.hpp"

#include "actors/random_hex.hpp"

namespace stellwerk {

std::string relay_probes::begin() {
  auto token = draw_hex(32);
  const std::lock_guard guard{mutex_};
  awaited_.insert(token);
  return token;
}

bool relay_probes::note_arrival(std::string_view fields) {
  const std::lock_guard guard{mutex_};
  for (const auto& token : awaited_)
    if (fields.find(std::string{field} + ": " + token) != std::string_view::npos) {
      arrived_.insert(token);
      return true;
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
