#include "actors/findings/finding_keeper.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <sys/stat.h>
#include <thread>

namespace stellwerk {
namespace {

using namespace std::chrono_literals;
using findings::database;

constexpr std::chrono::sys_days today{std::chrono::year{2026} / 11 / 22};

finding foreign(std::string login, std::string address) {
  return {.kind = finding_kind::foreign_sender,
          .domain = "example.org",
          .login = std::move(login),
          .address = std::move(address),
          .client = "192.0.2.1",
          .software = "client.example",
          .accepted = true};
}

finding stranger(std::string login) {
  return {
      .kind = finding_kind::unknown_login, .domain = "example.org", .login = std::move(login)};
}

finding_record at(finding what, std::chrono::sys_days day) {
  const std::uint64_t accepted = what.accepted ? 1 : 0;
  return {std::move(what), 1, accepted, day, day};
}

finding_page all_in(const std::filesystem::path& state_dir, std::string_view domain = "") {
  finding_store store{finding_store::file_in(state_dir), database::access::read};
  return store.page(0, 100000, domain);
}

finding_answer ask(finding_keeper& keeper, std::int64_t after, std::string domain = {}) {
  std::promise<finding_answer> came;
  keeper.read(after, std::move(domain),
              [&](finding_answer answer) { came.set_value(std::move(answer)); });
  return came.get_future().get();
}

} // namespace

TEST_CASE("the same finding is one row, with the latest client, over restarts") {
  const test::temporary_folder folder;
  for (const auto* software : {"first", "second"}) {
    std::atomic<std::chrono::sys_days> now{today};
    finding_keeper keeper{folder.path(), {}, [&] { return now.load(); }};
    auto one = foreign("anna@example.org", "anna@club.example");
    keeper.note(one);
    now = today + std::chrono::days{1};
    one.software = software;
    keeper.note(one);
  }
  const auto rows = all_in(folder.path()).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].count == 4);
  CHECK(rows[0].accepted == 4);
  CHECK(rows[0].first_seen == finding_record::time_point{today});
  CHECK(rows[0].last_seen == finding_record::time_point{today + std::chrono::days{1}});
  CHECK(rows[0].what.software == "second");
  CHECK(rows[0].what.address == "anna@club.example");
}

TEST_CASE("the database is its owner's alone") {
  const test::temporary_folder folder;
  finding_keeper keeper{folder.path(), {}};
  keeper.note(foreign("anna@example.org", "anna@club.example"));
  static_cast<void>(ask(keeper, 0));
  for (const auto& one : std::filesystem::directory_iterator{folder.path()}) {
    struct stat facts {};
    REQUIRE(::stat(one.path().c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0600U);
  }
}

TEST_CASE("findings are read page by page, what is not written yet included") {
  const test::temporary_folder folder;
  finding_keeper keeper{folder.path(), {}};
  for (int i = 0; i < 700; ++i)
    keeper.note(stranger("guess" + std::to_string(i) + "@example.org"));
  keeper.note_observed("example.org");
  keeper.note_observed("example.org");
  const auto first = ask(keeper, 0);
  CHECK(first.page.rows.size() == finding_keeper::rows_of_page);
  CHECK_FALSE(first.page.is_last);
  const auto second = ask(keeper, first.page.last);
  CHECK(second.page.rows.size() == 701 - 1 - finding_keeper::rows_of_page);
  CHECK(second.page.is_last);
  CHECK(second.days == observed_days{{all_domains, 1}, {"example.org", 1}});
  CHECK(ask(keeper, 0, "example.net").page.rows.empty());
  // Beside the writer.
  CHECK(all_in(folder.path()).rows.size() == 700);
}

TEST_CASE("a database that cannot be written is no session's problem") {
  const test::temporary_folder folder;
  folder.write("findings.db",
               "this is no database, and longer than a header of SQLite would be");
  finding_keeper keeper{folder.path(), {}};
  keeper.note(foreign("anna@example.org", "anna@club.example"));
  CHECK_FALSE(ask(keeper, 0).problem.empty());
  // What was found meanwhile is written once that is possible.
  std::filesystem::remove(folder.path() / "findings.db");
  CHECK(ask(keeper, 0).page.rows.size() == 1);
}

TEST_CASE("what is waiting is bounded") {
  const test::temporary_folder folder;
  const auto missing = folder.path() / "missing";
  finding_keeper keeper{missing, {}};
  for (std::size_t i = 0; i < finding_keeper::most_waiting + 100; ++i)
    keeper.note(stranger(std::to_string(i) + "@example.org"));
  std::filesystem::create_directory(missing);
  std::size_t rows = 0;
  for (finding_answer answer; !answer.page.is_last; rows += answer.page.rows.size()) {
    answer = ask(keeper, answer.page.last);
    REQUIRE(answer.problem.empty());
  }
  CHECK(rows == finding_keeper::most_waiting);
}

TEST_CASE("strangers' guesses go first, then what was not seen for longest") {
  const test::temporary_folder folder;
  finding_store store{finding_store::file_in(folder.path()), database::access::write};
  finding_batch batch;
  batch.found.push_back(at(foreign("anna@example.org", "a@club.example"), today));
  batch.found.push_back(
      at(foreign("anna@example.org", "b@club.example"), today + std::chrono::days{1}));
  for (int i = 0; i < 10; ++i)
    batch.found.push_back(at(stranger(std::to_string(i)), today + std::chrono::days{2}));
  CHECK(store.add(batch) == 12);
  store.trim(1, today - std::chrono::days{1});
  const auto rows = store.page(0, 100, "").rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].what.address == "b@club.example");
}

TEST_CASE("what was not seen for longer than the retention is forgotten, and its days") {
  const test::temporary_folder folder;
  finding_store store{finding_store::file_in(folder.path()), database::access::write};
  finding_batch batch;
  batch.found.push_back(at(foreign("anna@example.org", "a@club.example"), today));
  batch.observed = {{"example.org", today}, {"example.org", today + std::chrono::days{9}}};
  static_cast<void>(store.add(batch));
  CHECK(store.days("") == observed_days{{"example.org", 2}});
  store.trim(100, today + std::chrono::days{1});
  CHECK(store.page(0, 100, "").rows.empty());
  CHECK(store.days("example.org") == observed_days{{"example.org", 1}});
}

TEST_CASE("one login cannot fill the table with addresses") {
  const test::temporary_folder folder;
  finding_store store{finding_store::file_in(folder.path()), database::access::write};
  finding_batch batch;
  for (int i = 0; i < finding_store::most_addresses + 50; ++i)
    batch.found.push_back(
        at(foreign("spam@example.org", std::to_string(i) + "@club.example"), today));
  CHECK(store.add(batch) == finding_store::most_addresses + 1);
  std::uint64_t beyond = 0;
  for (const auto& one : store.page(0, 100000, "").rows)
    if (one.what.address.empty())
      beyond += one.count;
  CHECK(beyond == 50);
}

} // namespace stellwerk
