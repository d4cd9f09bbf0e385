#include "actors/user_rule.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <unistd.h>

using namespace stellwerk;

namespace {

constexpr std::filesystem::perms readable{0644};

struct fixture {
  test::temporary_folder folder;
  configuration settings;

  fixture() {
    std::filesystem::permissions(folder.path(), std::filesystem::perms{0777});
    settings.file = folder.write("stellwerk.yaml", "x", readable);
    settings.routes = folder.write("routes.yaml", "x", readable);
    settings.state_dir = folder.path() / "state";
    settings.control = settings.state_dir / "control.sock";
    settings.user_where = {3, 7};
  }

  [[nodiscard]] diagnostics judged(loading how) const {
    diagnostics found;
    judge_user(settings, how, found);
    return found;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "without `user` there is nothing to judge") {
  CHECK(judged(loading::for_start).empty());
}

TEST_CASE_FIXTURE(fixture, "a user that does not exist is a problem, at reload too") {
  settings.user = "nobody-has-this-name";
  for (const auto how : {loading::for_start, loading::for_reload}) {
    const auto found = judged(how);
    REQUIRE(found.size() == 1);
    CHECK(text_of(found[0])
          == settings.file.string()
                 + ":3:7: user: this machine has no user \"nobody-has-this-name\"");
    CHECK(found[0].weight == severity::problem);
  }
}

TEST_CASE_FIXTURE(fixture, "the user of the next reload must be able to read the files") {
  if (::geteuid() != 0) {
    settings.user = "root";
    const auto found = judged(loading::for_start);
    REQUIRE(found.size() == 1);
    CHECK(found[0].what.starts_with("only root can become root"));
    return;
  }
  settings.user = "nobody";
  CHECK(judged(loading::for_start).empty());
  certificate_settings pair;
  pair.chain = folder.write("a.pem", "x", readable);
  pair.key = folder.write("a.key", "x");
  pair.where = {9, 5};
  settings.certificates.push_back(pair);
  const auto found = judged(loading::for_start);
  REQUIRE(found.size() == 1);
  CHECK(found[0].key == "certificates[0].key");
  CHECK(found[0].where == position{9, 5});
  CHECK(found[0].weight == severity::warning);
  CHECK(found[0].what.find("can't be read by nobody") != std::string::npos);
  CHECK(judged(loading::for_reload).empty());
}

TEST_CASE_FIXTURE(fixture, "the user must be able to write where it makes files") {
  if (::geteuid() != 0)
    return;
  settings.user = "nobody";
  std::filesystem::create_directory(settings.state_dir);
  CHECK(judged(loading::for_start).empty()); // Empty, and root's: handed over.
  folder.write("state/somebody's", "x");
  const auto found = judged(loading::for_start);
  REQUIRE(found.size() == 1);
  CHECK(found[0].key == "state_dir");
  CHECK(found[0].weight == severity::problem);
  std::filesystem::permissions(settings.state_dir, std::filesystem::perms{0777});
  CHECK(judged(loading::for_start).empty());
  settings.control = folder.path() / "run" / "control.sock";
  std::filesystem::create_directory(folder.path() / "run");
  const auto elsewhere = judged(loading::for_start);
  REQUIRE(elsewhere.size() == 1);
  CHECK(elsewhere[0].key == "control");
}

TEST_CASE_FIXTURE(fixture, "the user must be able to write where hashes of passwords go") {
  if (::geteuid() != 0)
    return;
  settings.user = "nobody";
  settings.provisioning.file = settings.state_dir / "passwd";
  CHECK(judged(loading::for_start).empty());
  std::filesystem::create_directory(folder.path() / "hashes");
  settings.provisioning.file = folder.path() / "hashes" / "passwd";
  const auto found = judged(loading::for_start);
  REQUIRE(found.size() == 1);
  CHECK(found[0].key == "provisioning.file");
  CHECK(found[0].weight == severity::problem);
  std::filesystem::permissions(folder.path() / "hashes", std::filesystem::perms{0777});
  CHECK(judged(loading::for_start).empty());
}

TEST_CASE_FIXTURE(fixture, "a move changes routes.yaml: its folder should be the user's") {
  if (::geteuid() != 0)
    return;
  settings.user = "nobody";
  CHECK(judged(loading::for_start).empty());
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
  const auto found = judged(loading::for_start);
  REQUIRE(found.size() == 1);
  CHECK(found[0].key == "routes");
  CHECK(found[0].weight == severity::warning);
}
