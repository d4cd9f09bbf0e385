#include "actors/provisioning/password_keeper.hpp"

#include "actors/provisioning/crypt_hash.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

namespace stellwerk {
namespace {

constexpr auto quick = crypt_scheme::sha512_crypt;

struct fixture {
  test::temporary_folder folder;
  std::filesystem::path file = folder.path() / "passwd";
  std::shared_ptr<io::side_thread> disk = std::make_shared<io::side_thread>();
  std::shared_ptr<password_keeper> keeper;

  std::shared_ptr<password_keeper> start() {
    return keeper = std::make_shared<password_keeper>(file, disk);
  }
  ~fixture() {
    if (keeper)
      keeper->finish();
  }

  [[nodiscard]] std::string text() const {
    std::ostringstream all;
    all << std::ifstream{file, std::ios::binary}.rdbuf();
    return all.str();
  }
  [[nodiscard]] bool matches(const std::string& name, const std::string& password) const {
    const passwd_file now{text()};
    return is_hash_of(secret{password}, std::string{now.hash_of(name)});
  }
  template <class Condition> void save_until(Condition condition) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!condition()) {
      REQUIRE(std::chrono::steady_clock::now() < until);
      keeper->save();
      std::this_thread::yield();
    }
  }
  /// Passwords are hashed in order: when this returns, all before have been.
  void keep_last(const std::string& name, const std::string& password) const {
    keeper->keep(name, secret{password}, quick);
    save_until([&] { return matches(name, password); });
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "an accepted password becomes a hash, for the owner's eyes alone") {
  start();
  CHECK_FALSE(std::filesystem::exists(file));
  keeper->keep("anna@example.org", secret{"anna's secret"}, crypt_scheme::yescrypt);
  keep_last("max@example.org", "max's secret");
  CHECK(matches("anna@example.org", "anna's secret"));
  CHECK(text().find("anna@example.org:{CRYPT}$y$") != std::string::npos);
  CHECK(text().find("secret") == std::string::npos);
  CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms{0600});
  save_until([&] { return keeper->count() == 2; });
  CHECK(keeper->knows("anna@example.org"));
  CHECK_FALSE(keeper->knows("bert@example.org"));
  CHECK(keeper->warnings().empty());
}

TEST_CASE_FIXTURE(fixture, "a line changes with its password, over restarts too") {
  start();
  keep_last("anna", "first");
  const auto first = text();
  keeper->finish();
  start();
  CHECK(keeper->knows("anna"));
  keeper->keep("anna", secret{"first"}, quick);
  keep_last("max", "x");
  CHECK(text().starts_with(first));
  keep_last("anna", "second");
  CHECK_FALSE(text().starts_with(first));
  CHECK(matches("max", "x"));
  keep_last("anna", "first"); // What was right once is not taken for right again.
}

TEST_CASE_FIXTURE(fixture, "an operator's lines, fields and passwords stay") {
  folder.write("passwd", "# ours\nservice:{PLAIN}key::::::\nanna:{CRYPT}$6$a$b:1:1::/home/a\n");
  start();
  CHECK(keeper->count() == 2);
  keeper->keep("service", secret{"another"}, quick);
  keep_last("anna", "x");
  CHECK(text().starts_with("# ours\nservice:{PLAIN}key::::::\nanna:{CRYPT}$6$"));
  CHECK(text().ends_with(":1:1::/home/a\n"));
}

TEST_CASE_FIXTURE(fixture, "whom the operator takes out comes again with the next login") {
  start();
  keep_last("anna", "x");
  folder.write("passwd", "# nobody\n");
  save_until([&] { return !keeper->knows("anna"); });
  keep_last("anna", "x");
  CHECK(text().starts_with("# nobody\nanna:"));
}

TEST_CASE_FIXTURE(fixture, "what cannot be held is left out, counted once, and told") {
  start();
  for (int i = 0; i < 3; ++i) {
    keeper->keep("an:na", secret{"x"}, quick);
    keeper->keep("max", secret{std::string(512, 'x')}, quick);
  }
  keep_last("bert", "x");
  CHECK(text().starts_with("bert:"));
  REQUIRE(keeper->warnings().size() == 1);
  CHECK(keeper->warnings().front().find("left out 2 logins") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a file that others can read is not added to, until they can't") {
  folder.write("passwd", "# open\n", std::filesystem::perms{0640});
  start();
  keeper->keep("anna", secret{"x"}, quick);
  REQUIRE(keeper->warnings().size() == 1);
  CHECK(keeper->warnings().front().starts_with("RED: "));
  CHECK(keeper->warnings().front().find("set its mode to 0600") != std::string::npos);
  CHECK(text() == "# open\n");
  std::filesystem::permissions(file, std::filesystem::perms{0600});
  save_until([&] { return matches("anna", "x"); });
  save_until([&] { return keeper->warnings().empty(); });
}

TEST_CASE_FIXTURE(fixture, "a folder that takes no file is told, and tried again") {
  const auto later = folder.path() / "later";
  file = later / "passwd";
  start();
  keeper->keep("anna", secret{"x"}, quick);
  save_until([&] { return !keeper->warnings().empty(); });
  std::filesystem::create_directory(later);
  save_until([&] { return matches("anna", "x"); });
  save_until([&] { return keeper->warnings().empty(); });
}

TEST_CASE_FIXTURE(fixture, "what does not fit, or still waits at the end, is dropped") {
  start();
  constexpr std::size_t many = 4 * password_keeper::most_waiting;
  for (std::size_t i = 0; i < many; ++i)
    keeper->keep("user" + std::to_string(i), secret{"x"}, crypt_scheme::yescrypt);
  keeper->finish();
  keeper.reset();
  disk.reset(); // Its thread ends when it has written.
  CHECK(passwd_file{text()}.count() < password_keeper::most_waiting);
}

} // namespace stellwerk
