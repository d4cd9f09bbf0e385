#include "actors/cutover/journal_file.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace stellwerk;

namespace {

journal_record record(std::string id, record_kind kind) {
  return {.at = "2026-11-22T03:00:00.000Z",
          .id = std::move(id),
          .kind = kind,
          .domain = "example.org",
          .from = phase::on_old,
          .to = phase::on_new,
          .step = "verify",
          .by = "uid 0",
          .detail = "with \"quotes\", a\ttab and \xC3\xBC",
          .undo_by = "undo"};
}

} // namespace

TEST_CASE("records are read as they were written") {
  for (const auto kind : {record_kind::begin, record_kind::flip, record_kind::output})
    CHECK(parse_journal_line(line_of(record("1", kind))) == record("1", kind));
  CHECK_FALSE(parse_journal_line("").has_value());
  CHECK_FALSE(parse_journal_line("{}").has_value());
  CHECK_FALSE(parse_journal_line(R"({"record":"flip","domain":1,"from":"old","to":"new"})"));
}

TEST_CASE("a line that a crash cut short hides neither what was before nor what follows") {
  const test::temporary_folder folder;
  CHECK(load_journal(folder.path()).records.empty());
  REQUIRE(append_journal(folder.path(), {record("1", record_kind::begin)}).empty());
  std::ofstream{folder.path() / "journal.jsonl", std::ios::app} << R"({"at":"2026)";
  REQUIRE(append_journal(folder.path(),
                         {record("1", record_kind::flip), record("1", record_kind::done)})
              .empty());
  const auto loaded = load_journal(folder.path());
  CHECK(loaded.problem.empty());
  CHECK(loaded.unreadable == 1);
  REQUIRE(loaded.records.size() == 3);
  CHECK(loaded.records.front() == record("1", record_kind::begin));
  CHECK(loaded.records.back() == record("1", record_kind::done));
}

TEST_CASE("a disk that takes nothing is told, and the file is as it was") {
  const test::temporary_folder folder;
  const auto journal = folder.path() / "journal.jsonl";
  std::filesystem::create_symlink("/dev/full", journal);
  CHECK_FALSE(append_journal(folder.path(), {record("1", record_kind::begin)}).empty());
  std::filesystem::remove(journal);
  std::filesystem::create_directory(journal);
  CHECK_FALSE(append_journal(folder.path(), {record("1", record_kind::begin)}).empty());
  CHECK_FALSE(load_journal(folder.path()).problem.empty());
}
