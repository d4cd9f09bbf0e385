#include "actors/cutover/mx_memory.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace stellwerk {
namespace {

using namespace std::chrono_literals;

constexpr mx_memory::clock::time_point noon{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h};

} // namespace

TEST_CASE("records that were always there are in nobody's way") {
  mx_memory memory;
  CHECK_FALSE(memory.note("example.org", {"b", "a"}, 300s, noon));
  CHECK_FALSE(
      memory.note("example.org", {"a", "b"}, 300s, noon + 1h)); // Their order says nothing.
}

TEST_CASE("after a change the largest TTL of the former records has to pass") {
  mx_memory memory;
  CHECK_FALSE(memory.note("example.org", {"old"}, 86400s, noon - 48h));
  CHECK_FALSE(memory.note("example.org", {"old"}, 120s, noon - 47h)); // From a cache.
  CHECK(memory.note("example.org", {"ours"}, 300s, noon) == noon + 24h);
  CHECK(memory.note("example.org", {"ours"}, 300s, noon + 23h) == noon + 24h);
  CHECK_FALSE(memory.note("example.org", {"ours"}, 300s, noon + 24h));
  CHECK_FALSE(memory.note("example.net", {"ours"}, 300s, noon));
}

TEST_CASE("what was seen survives a restart") {
  const test::temporary_folder folder;
  mx_memory memory;
  memory.note("example.org", {"old"}, 600s, noon);
  memory.note("example.org", {"ours"}, 300s, noon + 1min);
  memory.note("example.net", {"ours"}, 300s, noon);
  REQUIRE(save_mx_memory(folder.path(), memory.all()).empty());
  CHECK(load_mx_memory(folder.path()) == memory.all());
  for (const auto* text :
       {"", "[]", "{\"example.org\": 1}", "{\"example.org\": {\"present\": {}}}"}) {
    std::ofstream{folder.path() / "mx_seen.json"} << text;
    CHECK(load_mx_memory(folder.path()).empty());
  }
}

} // namespace stellwerk
