#include "actors/cutover/hook_output.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("the first lines of a command that prints without end are kept, and the last") {
  hook_output output;
  std::vector<std::string> shown;
  const auto show = [&](bool is_over) {
    for (auto& line : output.take(is_over))
      shown.push_back(std::move(line));
  };
  for (int i = 0; i < 30000; ++i) {
    output.add(std::to_string(i));
    if (i % 700 == 0)
      show(false);
  }
  show(false);
  CHECK(shown.size() == hook_output::max_first);
  show(true);
  REQUIRE(shown.size() == hook_output::max_first + 1 + hook_output::max_last);
  CHECK(shown[hook_output::max_first - 1] == "9999");
  CHECK(shown[hook_output::max_first] == "19800 lines left out");
  CHECK(shown[hook_output::max_first + 1] == "29800");
  CHECK(shown.back() == "29999");
}

TEST_CASE("nothing is left out of what is just short enough") {
  hook_output output;
  for (std::size_t i = 0; i < hook_output::max_first + hook_output::max_last; ++i)
    output.add(std::to_string(i));
  const auto shown = output.take(true);
  REQUIRE(shown.size() == hook_output::max_first + hook_output::max_last);
  CHECK(shown.back() == "10199");
  CHECK(output.take(true).empty());
}
