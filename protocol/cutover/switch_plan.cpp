#include "protocol/cutover/switch_plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stellwerk {
namespace {

constexpr std::array step_words{
    std::pair{switch_step::gates, std::string_view{"gates"}},
    std::pair{switch_step::hold, std::string_view{"hold"}},
    std::pair{switch_step::drain, std::string_view{"drain"}},
    std::pair{switch_step::quiesce, std::string_view{"quiesce"}},
    std::pair{switch_step::final_sync, std::string_view{"final_sync"}},
    std::pair{switch_step::verify, std::string_view{"verify"}},
    std::pair{switch_step::before_flip, std::string_view{"before_flip"}},
    std::pair{switch_step::flip, std::string_view{"flip"}},
    std::pair{switch_step::release, std::string_view{"release"}},
};

} // namespace

move_phases phases_of(direction way) {
  if (way == direction::forward)
    return {phase::on_old, phase::moving, phase::on_new};
  return {phase::on_new, phase::returning, phase::on_old};
}

std::string_view text_of(direction way) {
  return way == direction::forward ? "switch" : "reverse";
}

std::optional<direction> parse_direction(std::string_view text) {
  for (const auto way : {direction::forward, direction::back})
    if (text_of(way) == text)
      return way;
  return std::nullopt;
}

std::string_view text_of(switch_step value) {
  return step_words.at(static_cast<std::size_t>(value)).second;
}

std::optional<switch_step> parse_switch_step(std::string_view text) {
  const auto* found = std::find_if(step_words.begin(), step_words.end(),
                                   [&](const auto& one) { return one.second == text; });
  return found == step_words.end() ? std::nullopt : std::optional{found->first};
}

std::vector<planned_step> plan_of(direction way, const hook_commands& hooks) {
  const auto [from, between, to] = phases_of(way);
  std::vector<planned_step> plan{{switch_step::gates, from, {}, true},
                                 {switch_step::hold, between, {}, true},
                                 {switch_step::drain, between, {}, true}};
  const auto add_hook = [&, between = between](switch_step what, const std::string& command) {
    if (!command.empty())
      plan.push_back({what, between, command, true});
  };
  add_hook(switch_step::quiesce, hooks.quiesce);
  add_hook(switch_step::final_sync, hooks.final_sync);
  add_hook(switch_step::verify, hooks.verify);
  add_hook(switch_step::before_flip, hooks.before_flip);
  plan.push_back({switch_step::flip, to, {}, false});
  plan.push_back({switch_step::release, to, {}, false});
  return plan;
}

} // namespace stellwerk
