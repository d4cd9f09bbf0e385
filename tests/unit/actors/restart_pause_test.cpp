#include "actors/restart_pause.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace stellwerk;
using namespace std::chrono_literals;

TEST_CASE("what dies at once is started again after ever longer pauses, up to 30 s") {
  restart_pause pause;
  auto now = restart_pause::clock::now();
  std::vector<std::chrono::seconds> pauses;
  for (int i = 0; i < 7; ++i) {
    pause.on_start(now);
    pauses.push_back(pause.on_death(now + 10ms));
    now += 10ms + pauses.back();
  }
  CHECK(pauses == std::vector<std::chrono::seconds>{1s, 2s, 4s, 8s, 16s, 30s, 30s});
}

TEST_CASE("what lived for long is started again at once, and the pauses begin anew") {
  restart_pause pause;
  auto now = restart_pause::clock::now();
  pause.on_start(now);
  CHECK(pause.on_death(now) == 1s);
  pause.on_start(now);
  CHECK(pause.on_death(now + 29s) == 2s);
  pause.on_start(now);
  CHECK(pause.on_death(now + 30s) == 0s);
  pause.on_start(now);
  CHECK(pause.on_death(now) == 1s);
}
