#include "protocol/cutover/switch_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace stellwerk;

namespace {

const hook_commands all_hooks{"quiesce", "sync", "verify", "before", "undo"};

std::vector<switch_step> steps_of(const std::vector<planned_step>& plan) {
  std::vector<switch_step> steps;
  for (const auto& one : plan)
    steps.push_back(one.what);
  return steps;
}

} // namespace

TEST_CASE("a plan walks along edges that there are") {
  for (const auto way : {direction::forward, direction::back}) {
    auto now = phases_of(way).from;
    for (const auto& one : plan_of(way, all_hooks)) {
      CHECK((one.after == now || may_follow(now, one.after)));
      now = one.after;
    }
    CHECK(now == phases_of(way).to);
  }
}

TEST_CASE("whatever can be undone leads back along an edge") {
  for (const auto way : {direction::forward, direction::back})
    for (const auto& one : plan_of(way, all_hooks)) {
      const auto from = phases_of(way).from;
      if (one.can_be_undone)
        CHECK((one.after == from || may_follow(one.after, from)));
      else
        CHECK(one.after == phases_of(way).to);
    }
}

TEST_CASE("hooks run while both sides are still, in their order") {
  const auto plan = plan_of(direction::forward, all_hooks);
  CHECK(steps_of(plan)
        == std::vector{switch_step::gates, switch_step::hold, switch_step::drain,
                       switch_step::quiesce, switch_step::final_sync, switch_step::verify,
                       switch_step::before_flip, switch_step::flip, switch_step::release});
  for (const auto& one : plan)
    if (!one.command.empty()) {
      CHECK(one.after == phase::moving);
      CHECK_FALSE(access_of(one.after).has_value());
      CHECK_FALSE(delivery_of(one.after).has_value());
    }
}

TEST_CASE("a hook that is not set is no step") {
  hook_commands hooks;
  hooks.final_sync = "sync";
  CHECK(steps_of(plan_of(direction::back, hooks))
        == std::vector{switch_step::gates, switch_step::hold, switch_step::drain,
                       switch_step::final_sync, switch_step::flip, switch_step::release});
}

TEST_CASE("words of steps and directions are read as they are written") {
  for (const auto& one : plan_of(direction::forward, all_hooks))
    CHECK(parse_switch_step(text_of(one.what)) == one.what);
  CHECK(parse_direction("switch") == direction::forward);
  CHECK(parse_direction("reverse") == direction::back);
  CHECK_FALSE(parse_direction("forward").has_value());
  CHECK_FALSE(parse_switch_step("").has_value());
}
