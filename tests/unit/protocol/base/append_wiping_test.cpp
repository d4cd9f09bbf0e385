#include "protocol/base/append_wiping.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("appending grows and keeps all") {
  std::string text;
  std::string wanted;
  for (const auto* piece : {"", "pass", "word ", "that is longer than what fits without memory"})
    for (int times = 0; times < 9; ++times) {
      append_wiping(text, piece);
      wanted += piece;
      CHECK(text == wanted);
    }
}
