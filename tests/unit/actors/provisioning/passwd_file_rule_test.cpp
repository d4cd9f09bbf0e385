#include "actors/provisioning/passwd_file_rule.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace stellwerk;

namespace {

struct fixture {
  test::temporary_folder folder;
  configuration settings;

  fixture() {
    settings.file = "stellwerk.yaml";
    settings.state_dir = folder.path() / "state";
    settings.provisioning.file = folder.path() / "passwd";
    settings.provisioning.where = {3, 7};
  }

  [[nodiscard]] std::string judged() const {
    diagnostics found;
    judge_passwd_file(settings, found);
    std::string texts;
    for (const auto& one : found) {
      CHECK(one.weight == severity::problem);
      CHECK(one.key == "provisioning.file");
      texts += text_of(one) + '\n';
    }
    return texts;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a file that is not there yet, or its owner's alone, is right") {
  CHECK(judged().empty());
  folder.write("passwd", "");
  CHECK(judged().empty());
  settings.provisioning.file = settings.state_dir / "passwd"; // A start makes this folder.
  CHECK(judged().empty());
  settings.provisioning.file.clear();
  CHECK(judged().empty());
}

TEST_CASE_FIXTURE(fixture, "a file that is open to others is a problem") {
  for (const auto mode : {0640, 0604, 0620, 0602, 0644, 0666}) {
    folder.write("passwd", "", std::filesystem::perms{static_cast<unsigned>(mode)});
    CHECK(judged()
          == "stellwerk.yaml:3:7: provisioning.file: " + settings.provisioning.file.string()
                 + " is open to others than its owner, set its mode to 0600\n");
  }
}

TEST_CASE_FIXTURE(fixture, "what is no file, and no folder to write to, is a problem") {
  REQUIRE(::mkfifo(settings.provisioning.file.c_str(), 0600) == 0);
  CHECK(judged().find("is not a regular file") != std::string::npos);
  settings.provisioning.file = folder.path() / "nowhere" / "passwd";
  CHECK(judged().find("nowhere cannot be used: No such file") != std::string::npos);
  settings.provisioning.file = folder.write("text", "") + "/passwd";
  CHECK(judged().find("text is not a folder") != std::string::npos);
}
