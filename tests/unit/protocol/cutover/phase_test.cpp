#include "protocol/cutover/phase.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace stellwerk;

TEST_CASE("exactly the edges of the specification lead from phase to phase") {
  const std::vector<std::pair<phase, phase>> edges{
      {phase::on_old, phase::moving},    {phase::moving, phase::on_new},
      {phase::moving, phase::on_old},    {phase::on_new, phase::returning},
      {phase::returning, phase::on_old}, {phase::returning, phase::on_new},
      {phase::on_old, phase::on_new},    {phase::on_new, phase::on_old},
  };
  std::size_t found = 0;
  for (const auto from : all_phases)
    for (const auto to : all_phases) {
      bool expected = false;
      for (const auto& edge : edges)
        expected = expected || edge == std::pair{from, to};
      CAPTURE(std::string{text_of(from)});
      CAPTURE(std::string{text_of(to)});
      CHECK(may_follow(from, to) == expected);
      if (may_follow(from, to))
        ++found;
    }
  CHECK(found == 8);
}

TEST_CASE("what is offered is what is allowed") {
  for (const auto from : all_phases)
    for (const auto to : next_phases(from))
      CHECK(may_follow(from, to));
}

TEST_CASE("from every phase a way leads to every other") {
  for (const auto from : all_phases)
    for (const auto to : all_phases) {
      bool reachable = from == to || may_follow(from, to);
      for (const auto between : next_phases(from))
        reachable = reachable || may_follow(between, to);
      CHECK(reachable);
    }
}

TEST_CASE("what each phase promises") {
  struct row {
    phase value;
    std::optional<side> access;
    side submission;
    std::optional<side> delivery;
    side destination;
  };
  const auto o = side::on_old;
  const auto n = side::on_new;
  const std::vector<row> rows{{phase::on_old, o, o, o, o},
                              {phase::moving, {}, o, {}, n},
                              {phase::on_new, n, n, n, n},
                              {phase::returning, {}, n, {}, o}};
  REQUIRE(rows.size() == all_phases.size());
  for (const auto& expected : rows) {
    CHECK(access_of(expected.value) == expected.access);
    CHECK(submission_of(expected.value) == expected.submission);
    CHECK(delivery_of(expected.value) == expected.delivery);
    CHECK(destination_of(expected.value) == expected.destination);
  }
}

TEST_CASE("phases and sides are read as they are written, and in no other spelling") {
  for (const auto value : all_phases)
    CHECK(parse_phase(text_of(value)) == value);
  CHECK(text_of(phase::on_old) == "old");
  CHECK(text_of(phase::moving) == "moving");
  CHECK(text_of(phase::on_new) == "new");
  CHECK(text_of(phase::returning) == "returning");
  for (const auto* wrong : {"", "Old", "on_old", "new ", "move"})
    CHECK_FALSE(parse_phase(wrong).has_value());
  CHECK(parse_side(text_of(side::on_old)) == side::on_old);
  CHECK(parse_side(text_of(side::on_new)) == side::on_new);
  CHECK_FALSE(parse_side("moving").has_value());
}
