#include "config/diagnostic.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("a diagnostic is one line that names file, line, column and key") {
  CHECK(text_of(
            diagnostic{"stellwerk.yaml", {14, 17}, "budgets.park", "2h is outside 1 s to 1 h"})
        == "stellwerk.yaml:14:17: budgets.park: 2h is outside 1 s to 1 h");
  CHECK(text_of(diagnostic{"a.yaml", {}, "", "cannot be read"}) == "a.yaml: cannot be read");
  CHECK(text_of(diagnostic{"a.yaml", {1, 2}, "x", "is off", severity::warning})
        == "a.yaml:1:2: x: warning: is off");
}

TEST_CASE("order is that of files, then of lines and columns") {
  diagnostics all{{"b", {9, 1}, "", "1"}, {"b", {2, 7}, "", "2"}, {"a", {1, 1}, "", "3"},
                  {"b", {2, 3}, "", "4"}, {"b", {}, "", "5"},     {"a", {1, 1}, "", "6"}};
  sort_by_place(all);
  std::string order;
  for (const auto& one : all)
    order += one.what;
  CHECK(order == "542136");
}

TEST_CASE("warnings are no problems") {
  diagnostics all{{"a", {}, "", "w", severity::warning}};
  CHECK_FALSE(has_problems(all));
  all.push_back({"a", {}, "", "p"});
  CHECK(has_problems(all));
  CHECK(count_problems(all) == 1);
}

TEST_CASE("a suggestion is made when it is close, and only then") {
  const std::vector<std::string_view> known{"listeners", "limits", "log", "user"};
  CHECK(suggestion("listener", known) == ", did you mean \"listeners\"?");
  CHECK(suggestion("Limits", known) == ", did you mean \"limits\"?");
  CHECK(suggestion("limist", known) == ", did you mean \"limits\"?");
  CHECK(suggestion("lgo", known) == ", did you mean \"log\"?");
  CHECK(suggestion("certificates", known).empty());
  CHECK(suggestion("", known).empty());
}

TEST_CASE("text of a file cannot steer a terminal, nor fill it") {
  CHECK(in_quotes("a\x1B[2Jb\n") == "\"a\\x1b[2Jb\\x0a\"");
  CHECK(in_quotes(std::string(100, 'x')) == '"' + std::string(60, 'x') + "...\"");
}
