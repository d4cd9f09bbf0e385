#include "protocol/base/secret.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("wipe overwrites all of the capacity") {
  std::string text(100, 'x');
  const char* octets = text.data();
  wipe(text);
  CHECK(text.empty());
  CHECK(text.capacity() >= 100);
  text.resize(100, '\0');
  CHECK(text.data() == octets);
  CHECK(text == std::string(100, '\0'));
}

TEST_CASE("a moved secret leaves nothing behind") {
  secret one{"hunter2"};
  const secret two{std::move(one)};
  CHECK(one.empty()); // NOLINT(bugprone-use-after-move): what is left behind is the question.
  CHECK(two.view() == "hunter2");
  CHECK(two.clone().view() == "hunter2");
}
