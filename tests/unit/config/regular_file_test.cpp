#include "config/regular_file.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace stellwerk;

TEST_CASE("a regular file is read whole, whatever its octets, through links too") {
  const test::temporary_folder folder;
  std::string all;
  for (int i = 0; i < 20000; ++i)
    all += static_cast<char>(i);
  folder.write("all", all);
  CHECK(read_regular_file(folder.path() / "all", mebibyte).octets == all);
  std::filesystem::create_symlink("all", folder.path() / "link");
  CHECK(read_regular_file(folder.path() / "link", mebibyte).octets == all);
  folder.write("empty", "");
  const auto empty = read_regular_file(folder.path() / "empty", mebibyte);
  CHECK(empty.octets.empty());
  CHECK(empty.problem.empty());
}

TEST_CASE("what is no regular file is a problem, and nobody waits for it") {
  const test::temporary_folder folder;
  const auto pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_regular_file(pipe, mebibyte).problem == "is not a regular file");
  CHECK(read_regular_file("/dev/zero", mebibyte).problem == "is not a regular file");
  CHECK(read_regular_file(folder.path(), mebibyte).problem
        == "cannot be read: it is a folder");
  CHECK(read_regular_file(folder.path() / "absent", mebibyte).problem
        == "cannot be read: No such file or directory");
}

TEST_CASE("a file beyond its limit is not read") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "large";
  folder.write("large", "x");
  std::filesystem::resize_file(file, mebibyte); // A hole: it takes no room.
  CHECK(read_regular_file(file, mebibyte).octets.size() == mebibyte);
  std::filesystem::resize_file(file, mebibyte + 1);
  const auto refused = read_regular_file(file, mebibyte);
  CHECK(refused.octets.empty());
  CHECK(refused.problem == "is larger than 1 MiB");
}
