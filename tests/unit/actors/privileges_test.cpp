#include "actors/privileges.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace stellwerk;

namespace {

bool is_root() {
  const bool answer = ::geteuid() == 0;
  if (!answer)
    MESSAGE("skipped: only root can become somebody else");
  return answer;
}

/// The exit code of `what`, run in a child of its own.
int in_a_child(const std::function<bool()>& what) {
  const auto child = ::fork();
  if (child == 0) {
    bool good = false;
    try {
      good = what();
    } catch (const std::exception&) {
    }
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A line of /proc/self/status without its name and blanks.
std::string own_status(const std::string& name) {
  std::ifstream file{"/proc/thread-self/status"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":"))
      return line.substr(line.find_first_not_of(" \t", name.size() + 1));
  return "none";
}

constexpr const char* no_capability = "0000000000000000";

} // namespace

TEST_CASE("accounts are found by name") {
  const auto root = find_user("root");
  REQUIRE(root);
  CHECK(root->uid == 0);
  CHECK(root->gid == 0);
  CHECK(!find_user("nobody-has-this-name"));
  CHECK(!find_user(""));
  CHECK(name_of_user(0) == "root");
  CHECK(name_of_user(3999999) == "3999999");
}

TEST_CASE("root becomes somebody who can bind low ports and nothing else") {
  const auto nobody = find_user("nobody");
  if (!is_root() || !nobody)
    return;
  CHECK(in_a_child([&] {
          become(*nobody);
          return ::getuid() == nobody->uid && ::geteuid() == nobody->uid
                 && ::getegid() == nobody->gid && ::getgroups(0, nullptr) <= 1
                 && own_status("CapEff") == "0000000000000400"
                 && own_status("CapPrm") == "0000000000000400"
                 && own_status("CapBnd") == no_capability && ::setuid(0) != 0;
        })
        == 0);
}

TEST_CASE("what is dropped is dropped in every set, and for every program started later") {
  const auto nobody = find_user("nobody");
  if (!is_root() || !nobody)
    return;
  CHECK(in_a_child([&] {
          become(*nobody);
          drop_capabilities();
          for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
            if (own_status(set) != no_capability)
              return false;
          return own_status("NoNewPrivs") == "1" && ::setuid(0) != 0;
        })
        == 0);
}

TEST_CASE("a user's rights are asked of the kernel, folders on the way included") {
  const auto nobody = find_user("nobody");
  if (!is_root() || !nobody)
    return;
  const test::temporary_folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
  const auto open = folder.write("open", "x", std::filesystem::perms{0644});
  const auto closed = folder.write("closed", "x");
  const auto locked = folder.path() / "locked";
  std::filesystem::create_directory(locked);
  std::ofstream{locked / "file"} << 'x';
  std::filesystem::permissions(locked, std::filesystem::perms{0700});
  const std::vector<access_question> questions{{open, access_kind::read},
                                               {closed, access_kind::read},
                                               {locked / "file", access_kind::read},
                                               {folder.path(), access_kind::write},
                                               {folder.path() / "none", access_kind::read}};
  CHECK(may_access(*nobody, questions) == std::vector<bool>{true, false, false, false, false});
  CHECK(may_access(*find_user("root"), questions)
        == std::vector<bool>{true, true, true, true, false});
}
