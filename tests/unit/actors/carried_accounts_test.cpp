#include "actors/carried_accounts.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace stellwerk {

TEST_CASE("who has shown an own password is remembered over a restart, on that side alone") {
  const test::temporary_folder folder;
  {
    const auto disk = std::make_shared<io::side_thread>();
    const auto accounts
        = std::make_shared<carried_accounts>(folder.path(), disk, carried_accounts::records{});
    CHECK_FALSE(accounts->has_own_password(side::on_new, "anna@example.org"));
    accounts->note_own_password(side::on_new, "anna@example.org");
    accounts->note_own_password(side::on_new, "max@example.org");
    CHECK(accounts->has_own_password(side::on_new, "anna@example.org"));
    CHECK_FALSE(accounts->has_own_password(side::on_old, "anna@example.org"));
  } // The disk's thread ends when it has written.
  const auto kept = load_carried(folder.path());
  CHECK(kept.problem.empty());
  CHECK(kept.records.on_new == std::set<std::string>{"anna@example.org", "max@example.org"});
  CHECK(kept.records.on_old.empty());
  using std::filesystem::perms;
  CHECK(std::filesystem::status(folder.path() / "carried.json").permissions()
        == (perms::owner_read | perms::owner_write));
}

TEST_CASE("a file that cannot be read is not as none") {
  const test::temporary_folder folder;
  CHECK(load_carried(folder.path()).problem.empty());
  std::ofstream{folder.path() / "carried.json"} << "{\"new\": [";
  CHECK_FALSE(load_carried(folder.path()).problem.empty());
}

} // namespace stellwerk
