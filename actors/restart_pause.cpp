#include "actors/restart_pause.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

constexpr std::chrono::seconds shortest{1};
constexpr std::chrono::seconds longest{30};

} // namespace

std::chrono::seconds restart_pause::on_death(clock::time_point now) {
  if (now - started_ >= longest) {
    next_ = shortest;
    return std::chrono::seconds{0};
  }
  return std::exchange(next_, std::min(2 * next_, longest));
}

} // namespace stellwerk
