#include "protocol/cutover/switch_plan.hpp"

#include "protocol/base/word_table.hpp"

namespace stellwerk {
namespace {

constexpr word_table<switch_step, 9> words{{"gates", "hold", "drain", "quiesce", "final_sync",
                                            "verify", "before_flip", "flip", "release"}};

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

std::string_view text_of(switch_step value) { return words.text_of(value); }

std::optional<switch_step> parse_switch_step(std::string_view text) {
  return words.parse(text);
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
