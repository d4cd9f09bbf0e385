#include "protocol/cutover/journal_record.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

journal_record record(std::string id, record_kind kind, std::string step = {}) {
  return {.id = std::move(id),
          .kind = kind,
          .domain = "example.org",
          .from = phase::on_old,
          .to = phase::on_new,
          .step = std::move(step),
          .by = "uid 0",
          .undo_by = kind == record_kind::begin ? "undo it" : ""};
}

} // namespace

TEST_CASE("a move cut short before its flip is taken back, after it completed") {
  std::vector<journal_record> records{record("1", record_kind::begin)};
  const auto only = [&] {
    const auto open = unfinished_moves(records);
    REQUIRE(open.size() == 1);
    return open.front();
  };
  CHECK(only().belongs() == phase::on_old);
  CHECK_FALSE(only().was_held);
  CHECK(only().undo_by == "undo it");

  records.push_back(record("1", record_kind::step, "gates"));
  CHECK_FALSE(only().was_held);
  records.push_back(record("1", record_kind::step, "hold"));
  CHECK(only().was_held);
  CHECK(only().belongs() == phase::on_old);
  for (const auto* step : {"drain", "quiesce", "final_sync", "verify", "before_flip"}) {
    records.push_back(record("1", record_kind::step, step));
    records.push_back(record("1", record_kind::output, step));
    CHECK(only().belongs() == phase::on_old);
  }
  records.push_back(record("1", record_kind::flip));
  CHECK(only().belongs() == phase::on_new);
  CHECK(only().is_committed);
  records.push_back(record("1", record_kind::done));
  CHECK(unfinished_moves(records).empty());
}

TEST_CASE("a way back that was begun and not ended is not ended") {
  const std::vector records{record("1", record_kind::begin),
                            record("1", record_kind::step, "hold"),
                            record("1", record_kind::undo)};
  const auto open = unfinished_moves(records);
  REQUIRE(open.size() == 1);
  CHECK(open.front().belongs() == phase::on_old);
}

TEST_CASE("moves are told apart by their ids, and edges by hand are none") {
  const std::vector records{
      record("1", record_kind::begin), record("2", record_kind::begin),
      record("", record_kind::phase),  record("1", record_kind::undone),
      record("2", record_kind::flip),  record("3", record_kind::done),
  };
  const auto open = unfinished_moves(records);
  REQUIRE(open.size() == 1);
  CHECK(open.front().id == "2");
  CHECK(open.front().belongs() == phase::on_new);
}

TEST_CASE("words of kinds are read as they are written") {
  for (const auto kind :
       {record_kind::begin, record_kind::step, record_kind::flip, record_kind::output,
        record_kind::undo, record_kind::done, record_kind::undone, record_kind::phase})
    CHECK(parse_record_kind(text_of(kind)) == kind);
  CHECK_FALSE(parse_record_kind("flop").has_value());
}
