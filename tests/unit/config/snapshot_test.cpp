#include "config/snapshot.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

const std::string plain = R"(certificates: [{ chain: c, key: k }]
listeners: [{ protocol: imap, address: "127.0.0.1:993", tls: implicit }]
backends:
  old: { imap: { address: "old:143", tls: starttls } }
  new: { imap: { address: "new:143", tls: starttls } }
)";

// With the folder's name cut off.
std::string texts(const diagnostics& found, const test::temporary_folder& folder) {
  std::string result;
  for (const auto& one : found)
    result += text_of(one).substr(folder.path().string().size() + 1) + '\n';
  return result;
}

} // namespace

TEST_CASE("the three files become one snapshot") {
  const test::temporary_folder folder;
  folder.write("routes.yaml", "default: new\ndomains: { example.org: moving }\n");
  folder.write("a.csv", "login\nmax@example.org\n");
  const auto result
      = load_snapshot(folder.write("s.yaml", plain + "accounts: { csv: a.csv }\n"));
  CHECK(texts(result.found, folder).empty());
  REQUIRE(result.loaded.has_value());
  CHECK(result.loaded->epoch == 0);
  CHECK(result.loaded->routes.find("example.org")->now == phase::moving);
  CHECK(result.loaded->accounts->find("max@example.org") != nullptr);
  CHECK(result.loaded->accounts_configured);
  CHECK(result.loaded->settings.policy.general.login_case.mode == policy_mode::enforce);
  CHECK(result.loaded->settings.file == folder.path() / "s.yaml");
}

TEST_CASE("without accounts login_case is off, with a warning") {
  const test::temporary_folder folder;
  folder.write("routes.yaml", "domains: { example.org: old }\n");
  const auto result = load_snapshot(folder.write("s.yaml", plain));
  REQUIRE(result.loaded.has_value());
  CHECK(result.loaded->accounts->empty());
  CHECK_FALSE(result.loaded->accounts_configured);
  CHECK(result.loaded->settings.policy.general.login_case.mode == policy_mode::off);
  CHECK(texts(result.found, folder)
        == "s.yaml: policy.login_case: warning: is off, because there are no accounts to "
           "compare with\n");
}

TEST_CASE("a domain without accounts is told") {
  const test::temporary_folder folder;
  folder.write("routes.yaml", "domains:\n  example.org: old\n  Example.net: old\n");
  folder.write("a.csv", "login\nmax@example.org\n");
  const auto result
      = load_snapshot(folder.write("s.yaml", plain + "accounts: { csv: a.csv }\n"));
  CHECK(result.loaded.has_value());
  CHECK(texts(result.found, folder)
        == "routes.yaml:3:16: domains.Example.net: warning: has no accounts, login case and "
           "sender binding cannot be judged there\n");
}

TEST_CASE("the problems of all three files in one run, and no snapshot") {
  const test::temporary_folder folder;
  folder.write("routes.yaml", "default: old\ndomains:\n  example.org: nwe\n");
  folder.write("a.csv", "login,pin\nmax@example.org,\nmax@example.org,\neva@example.org,neu\n");
  const auto result = load_snapshot(
      folder.write("s.yaml", plain + "accounts: { csv: a.csv }\nbudget: {}\nworkers: 0\n"));
  CHECK_FALSE(result.loaded.has_value());
  CHECK(texts(result.found, folder)
        == "s.yaml:7:1: budget: unknown key, did you mean \"budgets\"?\n"
           "s.yaml:8:10: workers: 0 is outside 1 to 256\n"
           "routes.yaml:3:16: domains.example.org: \"nwe\" is not old, moving, new or "
           "returning\n"
           "a.csv:3:1: login: \"max@example.org\" is already in line 2\n"
           "a.csv:4:17: pin: \"neu\" is not old, new or empty\n");
}

TEST_CASE("files that cannot be read are problems") {
  const test::temporary_folder folder;
  const auto absent = load_snapshot(folder.path() / "s.yaml");
  CHECK_FALSE(absent.loaded.has_value());
  CHECK(texts(absent.found, folder) == "s.yaml: cannot be read: No such file or directory\n");

  const auto alone = load_snapshot(folder.write("s.yaml", plain + "accounts: { csv: . }\n"));
  CHECK_FALSE(alone.loaded.has_value());
  CHECK(texts(alone.found, folder)
        == "routes.yaml: cannot be read: No such file or directory\n"
           ".: cannot be read: it is a folder\n");

  folder.write("routes.yaml", "");
  const auto empty = load_snapshot(folder.write("s.yaml", plain));
  CHECK_FALSE(empty.loaded.has_value());
  CHECK(texts(empty.found, folder).find("routes.yaml:1:1: is empty") != std::string::npos);
}

TEST_CASE("a copy shares the accounts") {
  snapshot one;
  REQUIRE(one.accounts != nullptr);
  const auto two = one;
  CHECK(two.accounts == one.accounts);
}
