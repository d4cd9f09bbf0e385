#include "actors/cutover/hook_command.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace stellwerk;

TEST_CASE("a command is looked for as execvp would") {
  const test::temporary_folder folder;
  const auto script = folder.path() / "hook-script";
  std::ofstream{script} << "#!/bin/sh\n";
  CHECK(problem_of_command("sh -c true", folder.path()) == "");
  CHECK(problem_of_command("/bin/sh", folder.path()) == "");
  CHECK(problem_of_command("./hook-script", folder.path())
        == "cannot run ./hook-script: Permission denied");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  CHECK(problem_of_command("./hook-script", folder.path()) == "");
  CHECK(problem_of_command("hook-script", folder.path())
        == "cannot run hook-script: No such file or directory");
  CHECK(problem_of_command("./hook-script/below", folder.path())
        == "cannot run ./hook-script/below: No such file or directory");
  CHECK(problem_of_command("/", folder.path()) == "cannot run /: Permission denied");
  CHECK(problem_of_command(" ", folder.path())
        == "the command is blank or has an open quote:  ");
  CHECK(problem_of_command("sh 'x", folder.path())
        == "the command is blank or has an open quote: sh 'x");
}

TEST_CASE("the hook whose command cannot be run is named") {
  hook_commands all;
  CHECK(problem_of_commands(all, "/") == "");
  all.quiesce = "true";
  all.undo = "/nonexistent/x";
  CHECK(problem_of_commands(all, "/")
        == "undo: cannot run /nonexistent/x: No such file or directory");
}

TEST_CASE("each hook of the configuration that cannot be run is a warning") {
  configuration settings;
  settings.file = "stellwerk.yaml";
  settings.state_dir = "/";
  settings.hooks = {.quiesce = "true",
                    .final_sync = "/nonexistent/x --fast",
                    .verify = "",
                    .before_flip = "",
                    .undo = "'",
                    .where = {7, 3}};
  diagnostics found;
  judge_hooks(settings, found);
  REQUIRE(found.size() == 2);
  CHECK(text_of(found[0])
        == "stellwerk.yaml:7:3: hooks.final_sync: warning: cannot run /nonexistent/x: "
           "No such file or directory; every switch would be refused");
  CHECK(found[1].key == "hooks.undo");
  CHECK_FALSE(has_problems(found));
}
