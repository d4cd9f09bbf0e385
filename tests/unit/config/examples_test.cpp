#include "config/snapshot.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace stellwerk;

TEST_CASE("every example loads without a problem") {
  const auto root = std::filesystem::path{__FILE__}.parent_path() / "../../../config/examples";
  std::size_t examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator{root}) {
    const auto result = load_snapshot(entry.path() / "stellwerk.yaml");
    for (const auto& one : result.found)
      CHECK_MESSAGE(one.weight == severity::warning, text_of(one));
    CHECK_MESSAGE(result.loaded.has_value(), entry.path().string());
    ++examples;
  }
  CHECK(examples >= 2);
}

TEST_CASE("the complete example says what the defaults are") {
  const auto root = std::filesystem::path{__FILE__}.parent_path() / "../../../config/examples";
  const auto result = load_snapshot(root / "complete/stellwerk.yaml");
  REQUIRE(result.loaded.has_value());
  CHECK(result.found.size() == 2); // What the old backend of the story is too old for.
  for (const auto& one : result.found)
    CHECK(one.what.starts_with("weak: "));
  const auto& settings = result.loaded->settings;
  const limit_settings limits;
  CHECK(settings.limits.literal_before_login == limits.literal_before_login);
  CHECK(settings.limits.header == limits.header);
  CHECK(settings.limits.idle == limits.idle);
  const budget_settings budgets;
  CHECK(settings.budgets.park == budgets.park);
  CHECK(settings.budgets.freeze == budgets.freeze);
  CHECK(settings.budgets.watch == budgets.watch);
  CHECK(result.loaded->accounts->size() == 3);
}
