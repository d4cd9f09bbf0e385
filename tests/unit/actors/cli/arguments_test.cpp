#include "actors/cli/arguments.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace stellwerk::cli;

namespace {

parsed_arguments parse(const std::vector<const char*>& words) {
  std::vector<const char*> line(words.size() + 1, "stellwerk");
  std::copy(words.begin(), words.end(), line.begin() + 1);
  return parse_arguments(static_cast<int>(line.size()), line.data());
}

} // namespace

TEST_CASE("every command of the contract is understood") {
  const auto is = [](const std::vector<const char*>& words, command what) {
    const auto parsed = parse(words);
    return parsed.to_run && parsed.to_run->what == what
           && parsed.to_run->config_file == "stellwerk.yaml" && !parsed.to_run->json
           && parsed.text.empty();
  };
  CHECK(is({"serve"}, command::serve));
  CHECK(is({"check"}, command::check));
  CHECK(is({"reload"}, command::reload));
  CHECK(is({"status"}, command::status));
  CHECK(is({"sessions"}, command::sessions));
  CHECK(is({"kick", "max@example.org"}, command::kick));
  CHECK(is({"findings"}, command::findings));
  CHECK(is({"findings", "import", "mail.log"}, command::import_findings));
  CHECK(is({"accounts", "propose"}, command::propose_accounts));
  CHECK(is({"drain"}, command::drain));
}

TEST_CASE("findings import takes logs and nothing else") {
  const auto parsed
      = parse({"findings", "import", "mail.log.1", "-", "-c", "a.yaml", "--json"});
  REQUIRE(parsed.to_run);
  CHECK(parsed.to_run->logs == std::vector<std::string>{"mail.log.1", "-"});
  CHECK(parsed.to_run->config_file == "a.yaml");
  CHECK(parsed.to_run->json);
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"findings", "import"},
           {"findings", "import", "mail.log", "--csv"},
           {"findings", "--csv", "import", "mail.log"},
           {"findings", "example.org", "import", "mail.log"}}) {
    const auto wrong = parse(words);
    CHECK(!wrong.to_run);
    CHECK(wrong.code == exit_code::usage);
  }
  CHECK(parse({"findings", "import.example"}).to_run->what == command::findings);
}

TEST_CASE("-c and --json stand before or behind the command") {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"-c", "a.yaml", "--json", "status", "example.org"},
           {"status", "-c", "a.yaml", "example.org", "--json"},
           {"status", "example.org", "--json", "-c", "a.yaml"},
           {"--json", "status", "example.org", "-ca.yaml"}}) {
    const auto parsed = parse(words);
    REQUIRE(parsed.to_run);
    CHECK(parsed.to_run->what == command::status);
    CHECK(parsed.to_run->config_file == "a.yaml");
    CHECK(parsed.to_run->json);
    CHECK(parsed.to_run->domain == "example.org");
  }
}

TEST_CASE("options of one command") {
  CHECK(parse({"reload", "--allow-removals"}).to_run->allow_removals);
  CHECK_FALSE(parse({"reload"}).to_run->allow_removals);
  CHECK(parse({"kick", "Max Muster@example.org"}).to_run->who == "Max Muster@example.org");
  CHECK(parse({"kick", "drain"}).to_run->who == "drain"); // A login may be called like that.
  CHECK(parse({"kick", "drain"}).to_run->what == command::kick);
  CHECK(parse({"findings", "example.org", "--csv"}).to_run->csv);
  CHECK(parse({"findings", "example.org"}).to_run->domain == "example.org");
  CHECK(parse({"accounts", "propose", "example.org", "--json"}).to_run->domain
        == "example.org");
  CHECK(parse({"accounts", "propose", "example.org", "--json"}).to_run->json);
}

TEST_CASE("options of a move stand before, between and behind its domains") {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"switch", "--waive", "mx=by hand", "--waive", "idle=x", "a.example", "b.example"},
           {"switch", "a.example", "--waive", "mx=by hand", "--waive", "idle=x", "b.example"},
           {"switch", "--waive=mx=by hand", "a.example", "--waive=idle=x", "b.example"},
           {"switch", "a.example", "b.example", "--waive", "mx=by hand", "--waive",
            "idle=x"}}) {
    const auto parsed = parse(words);
    REQUIRE(parsed.to_run);
    CHECK(parsed.to_run->domains == std::vector<std::string>{"a.example", "b.example"});
    CHECK(parsed.to_run->waived
          == std::map<std::string, std::string>{{"idle", "x"}, {"mx", "by hand"}});
  }
  const auto reverse = parse({"reverse", "--final-sync", "sync -x", "a.example", "--undo", "u",
                              "b.example", "--no-sync=x", "--dry-run"});
  REQUIRE(reverse.to_run);
  CHECK(reverse.to_run->domains == std::vector<std::string>{"a.example", "b.example"});
  CHECK(reverse.to_run->hooks.final_sync == "sync -x");
}

TEST_CASE("what makes no sense is a usage fault with a text") {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{},
                                             {"dance"},
                                             {"kick"},
                                             {"kick", ""},
                                             {"status", "a", "b"},
                                             {"serve", "now"},
                                             {"reload", "--allow-everything"},
                                             {"status", "--allow-removals"},
                                             {"check", "-c"},
                                             {"check", "status"},
                                             {"accounts"},
                                             {"accounts", "widen"},
                                             {"status", "--csv"},
                                             {"--json"}}) {
    const auto parsed = parse(words);
    CHECK_FALSE(parsed.to_run);
    CHECK(parsed.code == exit_code::usage);
    CHECK_FALSE(parsed.text.empty());
    CHECK_FALSE(parsed.advice.empty());
    CHECK(parsed.json == (words == std::vector<const char*>{"--json"}));
  }
}

TEST_CASE("octets that JSON cannot hold are a usage fault; a path may have them") {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"switch", "m\xfcller.example"},
           {"switch", "a.example", "--waive", "mx=M\xfcller"},
           {"switch", "a.example", "--final-sync", "/m\xfcller"},
           {"reverse", "a.example", "--no-sync=f\xfcr"},
           {"cancel", "m\xfcller.example"},
           {"phase", "m\xfcller.example", "old"},
           {"findings", "m\xfcller.example"},
           {"status", "m\xfcller.example"}}) {
    const auto parsed = parse(words);
    CHECK(parsed.code == exit_code::usage);
    CHECK(parsed.text.find("\\xfc") != std::string::npos);
  }
  CHECK(parse({"kick", "b\xfcro"}).advice.find("kick session=ID") != std::string::npos);
  CHECK(parse({"status", "m\xc3\xbcller.example", "-c", "m\xfcller.yaml"}).to_run);
}

TEST_CASE("help and version are answers, not faults") {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"--help"}, {"--version"}, {"kick", "--help"}}) {
    const auto parsed = parse(words);
    CHECK_FALSE(parsed.to_run);
    CHECK(parsed.code == exit_code::done);
    CHECK_FALSE(parsed.text.empty());
  }
  CHECK(parse({"--version"}).text.starts_with("stellwerk "));
  CHECK(parse({"--help"}).text.find("reload") != std::string::npos);
  CHECK(parse({"reload", "--help"}).text.find("--allow-removals") != std::string::npos);
}
