#include "actors/state_folder.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace stellwerk;

namespace {

struct fixture {
  test::temporary_folder home;
  std::filesystem::path folder = home.path() / "state";
  system_user nobody{"nobody", 65534, 65534};

  [[nodiscard]] static uid_t owner_of(const std::filesystem::path& path) {
    struct stat found {};
    REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found.st_uid;
  }
};

bool is_root() { return ::geteuid() == 0; } // Nobody else can give a folder away.

} // namespace

TEST_CASE_FIXTURE(fixture, "a folder that is not there is made, and handed over") {
  CHECK(is_to_hand_over(folder, nobody));
  prepare_state_folder(folder, nobody);
  CHECK(owner_of(folder) == (is_root() ? nobody.uid : ::geteuid()));
}

TEST_CASE_FIXTURE(fixture, "root's own state folder goes to the user with its files") {
  if (!is_root())
    return;
  std::filesystem::create_directory(folder);
  home.write("state/state.json", "{}");
  home.write("state/lock", "");
  const auto outside = home.write("outside", "");
  std::filesystem::create_symlink(outside, folder / "link");
  REQUIRE(is_to_hand_over(folder, nobody));
  prepare_state_folder(folder, nobody);
  CHECK(owner_of(folder) == nobody.uid);
  CHECK(owner_of(folder / "lock") == nobody.uid);
  CHECK(owner_of(outside) == 0);
  CHECK(!is_to_hand_over(folder, nobody));
}

TEST_CASE_FIXTURE(fixture, "a folder of somebody else, or that others write, is left alone") {
  if (!is_root())
    return;
  std::filesystem::create_directory(folder);
  home.write("state/a-letter", "");
  CHECK(!is_to_hand_over(folder, nobody));
  prepare_state_folder(folder, nobody);
  CHECK(owner_of(folder) == 0);
  std::filesystem::remove(folder / "a-letter");
  std::filesystem::permissions(folder, std::filesystem::perms{0777});
  CHECK(!is_to_hand_over(folder, nobody));
}
