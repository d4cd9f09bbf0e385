#include "actors/recipient_keeper.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace stellwerk {

TEST_CASE("who was taken is known by either side, whatever the case") {
  recipient_memory memory;
  memory.note_taken("example.org", "Anna@example.org", side::on_old);
  CHECK(memory.has_taken("example.org", "anna@EXAMPLE.org", side::on_old));
  CHECK_FALSE(memory.has_taken("example.org", "anna@example.org", side::on_new));
  CHECK_FALSE(memory.has_taken("example.net", "anna@example.org", side::on_old));
  CHECK(memory.of("example.org") == std::vector<std::string>{"anna@example.org"});
  const auto before = memory.changes();
  memory.note_taken("example.org", "anna@example.org", side::on_old);
  CHECK(memory.changes() == before);
  memory.note_taken("example.org", "anna@example.org", side::on_new);
  CHECK(memory.changes() == before + 1);
}

TEST_CASE("the memory of recipients survives a restart") {
  const test::temporary_folder folder;
  recipient_memory memory;
  memory.note_taken("example.org", "anna@example.org", side::on_old);
  memory.note_taken("example.net", "bert@example.net", side::on_new);
  REQUIRE(save_recipients(folder.path(), memory.all()).empty());
  CHECK(load_recipients(folder.path()) == memory.all());
}

TEST_CASE("an unreadable memory of recipients is none") {
  const test::temporary_folder folder;
  CHECK(load_recipients(folder.path()).empty());
  for (const auto* text : {"", "[]", "{\"example.org\": 1}", "{\"example.org\": {\"a\": 1}}"}) {
    std::ofstream{folder.path() / "recipients.json"} << text;
    CHECK(load_recipients(folder.path()).empty());
  }
}

} // namespace stellwerk
