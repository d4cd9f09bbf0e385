#include "actors/master_keys.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace stellwerk {

TEST_CASE("a master's key is the first line of its file") {
  const test::temporary_folder folder;
  configuration settings;
  settings.backends.on_new.login = backend_login::master;
  settings.backends.on_new.master_password_file = folder.path() / "key";
  diagnostics found;
  for (const std::string text : {"key", "key\n", "key\r\n", "key\nanother\n"}) {
    folder.write("key", text);
    const auto keys = load_master_keys(settings, found);
    REQUIRE(keys.at(side::on_new));
    CHECK(keys.at(side::on_new)->view() == "key");
    CHECK_FALSE(keys.at(side::on_old));
  }
  CHECK(found.empty());
}

TEST_CASE("a key that is not there is a problem, one that is everybody's a warning") {
  const test::temporary_folder folder;
  configuration settings;
  settings.backends.on_old.login = backend_login::master;
  settings.backends.on_old.master_password_file = folder.path() / "key";
  diagnostics found;
  CHECK_FALSE(load_master_keys(settings, found).on_old);
  REQUIRE(found.size() == 1);
  CHECK(found.front().key == "backends.old.login.password_file");
  for (const std::string text : {"", "\n", "\nkey\n"}) {
    found.clear();
    folder.write("key", text);
    CHECK_FALSE(load_master_keys(settings, found).on_old);
    CHECK(has_problems(found));
  }
  found.clear();
  folder.write("key", "key", std::filesystem::perms{0644});
  CHECK(load_master_keys(settings, found).on_old);
  REQUIRE(found.size() == 1);
  CHECK(found.front().weight == severity::warning);
}

TEST_CASE("who is no master has no key") {
  configuration settings;
  settings.backends.on_old.master_password_file = "/nowhere";
  diagnostics found;
  CHECK_FALSE(load_master_keys(settings, found).on_old);
  CHECK(found.empty());
}

} // namespace stellwerk
