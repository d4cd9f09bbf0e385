#include "protocol/cutover/command_line.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using words = std::vector<std::string>;

TEST_CASE("a command is split as a shell splits it, and no more") {
  CHECK(split_command("doveadm sync -u a") == words{"doveadm", "sync", "-u", "a"});
  CHECK(split_command("  a\t b \n") == words{"a", "b"});
  CHECK(split_command("'a b' \"c d\" e\\ f") == words{"a b", "c d", "e f"});
  CHECK(split_command("a'b'\"c\"d") == words{"abcd"});
  CHECK(split_command("a '' \"\"") == words{"a", "", ""});
  CHECK(split_command(R"(sh -c "echo \"\$X\" \n")") == words{"sh", "-c", R"(echo "$X" \n)"});
  CHECK(split_command(R"('\n $X')") == words{R"(\n $X)"});
  CHECK(split_command("echo $HOME *.c | cat; x > y")
        == words{"echo", "$HOME", "*.c", "|", "cat;", "x", ">", "y"});
  CHECK(split_command("\xC3\xBC") == words{"\xC3\xBC"});
}

TEST_CASE("what is left open is no command") {
  for (const auto* text : {"'a", "\"a", "a \"b\\", "a\\", "\"a\\\"", "", "  \t"})
    CHECK_FALSE(split_command(text).has_value());
}
