#include "actors/cli/run.hpp"

#include "actors/cli/control_path.hpp"
#include "actors/findings/finding_store.hpp"
#include "actors/world.hpp"
#include "tests/support/certificate_forge.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <vector>

using namespace stellwerk;
using namespace stellwerk::cli;

namespace {

/// A folder with a stellwerk.yaml and all that it names.
struct fixture {
  test::temporary_folder folder;
  std::string yaml = R"(hostname: mail.old.example
state_dir: .
control: here.sock
certificates:
  - { chain: chain.pem, key: key.pem }
listeners:
  - { protocol: imap, address: "127.0.0.1:0", tls: implicit }
backends:
  old:
    imap: { address: "127.0.0.1:143", tls: none }
  new:
    imap: { address: "127.0.0.1:144", tls: none }
)";
  std::string out;
  std::string err;
  bool served = false;

  fixture() {
    const auto pair = test::forge({.names = {"DNS:mail.old.example"}});
    folder.write("chain.pem", pair.chain_pem());
    folder.write("key.pem", pair.key_pem());
    folder.write("routes.yaml", "default: old\ndomains:\n  example.org: old\n");
  }
  exit_code command(std::vector<std::string> words) {
    const auto file = folder.write("stellwerk.yaml", yaml);
    std::vector<const char*> line(words.size() + 3, "stellwerk");
    std::transform(words.begin(), words.end(), line.begin() + 1,
                   [](const auto& word) { return word.c_str(); });
    line[words.size() + 1] = "-c";
    line[words.size() + 2] = file.c_str();
    std::ostringstream to_out;
    std::ostringstream to_err;
    const auto code = run(
        static_cast<int>(line.size()), line.data(),
        [this](const arguments& asked) {
          served = asked.what == stellwerk::cli::command::serve;
          return exit_code::done;
        },
        to_out, to_err);
    out = to_out.str();
    err = to_err.str();
    return code;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "serve is handed on") {
  CHECK(command({"serve"}) == exit_code::done);
  CHECK(served);
}

TEST_CASE_FIXTURE(fixture, "check of good files is 0, of bad ones 78 with every problem") {
  CHECK(command({"check"}) == exit_code::done);
  CHECK(out.find("no problems") != std::string::npos);

  yaml += "budgets: { park: 2h }\nlisteneers: []\n";
  folder.write("key.pem", test::forge({.names = {"DNS:x"}}).key_pem());
  CHECK(command({"check"}) == exit_code::configuration);
  CHECK(out.find("stellwerk.yaml:5:") != std::string::npos);
  CHECK(out.find("the key does not belong to the certificate") != std::string::npos);
  CHECK(out.find("budgets.park: ") != std::string::npos);
  CHECK(out.find("listeneers") != std::string::npos);
  CHECK(out.find("\n3 problems; nothing was started.") != std::string::npos);
  CHECK(command({"check", "--json"}) == exit_code::configuration);
  CHECK(nlohmann::json::parse(out)["problems"].size() == 3);
}

TEST_CASE_FIXTURE(fixture, "serve and reload get the files with their TLS material") {
  const auto files = load_world(folder.write("stellwerk.yaml", yaml), loading::for_start);
  REQUIRE(files.loaded);
  CHECK(files.loaded->tls.certificates->knows("mail.old.example"));
}

TEST_CASE_FIXTURE(fixture, "without a proxy the commands end with 69 and say how to start it") {
  CHECK(command({"status"}) == exit_code::no_proxy);
  CHECK(out == "");
  CHECK(err.find("stellwerk: no proxy is running") == 0);
  CHECK(err.find("stellwerk serve -c ") != std::string::npos);
  CHECK(command({"status", "--json"}) == exit_code::no_proxy);
  CHECK(nlohmann::json::parse(out)["error"]["reason"].is_string());
}

TEST_CASE_FIXTURE(fixture,
                  "without a proxy findings and what they propose come from its file") {
  folder.write("accounts.csv", "login,senders\nanna@example.org,=x@a.example\n");
  yaml += "accounts: { csv: accounts.csv }\n";
  CHECK(command({"findings", "--json"}) == exit_code::done);
  CHECK(nlohmann::json::parse(out)["findings"].empty());
  {
    finding_store store{finding_store::file_in(folder.path()),
                        findings::database::access::write};
    const finding_record::time_point noon{std::chrono::hours{12}};
    finding_batch batch;
    batch.found.push_back({{.kind = finding_kind::foreign_sender,
                            .domain = "example.org",
                            .login = "anna@example.org",
                            .address = "=b,c@club.example",
                            .software = "Mail\x1b[2J",
                            .accepted = true},
                           7,
                           7,
                           noon,
                           noon});
    batch.found.push_back({{.kind = finding_kind::plaintext_delivery}, 1, 0, noon, noon});
    batch.observed = {{all_domains, {}}, {"example.org", {}}};
    CHECK(store.add(batch) == 2);
  }
  CHECK(command({"findings"}) == exit_code::done);
  CHECK(out.find("anna@example.org  foreign_sender") != std::string::npos);
  CHECK(out.find("2 findings\nall: observed on 1 day\nexample.org: observed on 1 day\n")
        != std::string::npos);
  CHECK(out.find('\x1b') == std::string::npos);
  CHECK(command({"findings", "example.org", "--csv"}) == exit_code::done);
  CHECK(out.find("foreign_sender,example.org,anna@example.org,\"'=b,c@club.example\",7,7,"
                 "1970-01-01T12:00:00.000Z,")
        != std::string::npos);
  CHECK(out.find("plaintext_delivery") == std::string::npos);
  CHECK(command({"findings", "--json"}) == exit_code::done);
  CHECK(nlohmann::json::parse(out)["days"] == 1);
  CHECK(command({"accounts", "propose"}) == exit_code::done);
  CHECK(out
        == "login,domain,old_login,new_login,senders,pin\n"
           "anna@example.org,,,,\"=x@a.example =b,c@club.example\",\n");
  CHECK(command({"findings", "no domain"}) == exit_code::usage);
  CHECK(err.find("no domain is no domain") != std::string::npos);
  yaml += "nonsense: true\n";
  CHECK(command({"accounts", "propose"}) == exit_code::configuration);
}

TEST_CASE_FIXTURE(fixture, "misuse is told as JSON too, if that is asked for") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"dance"},
                                                {"kick"},
                                                {"kick", ""},
                                                {"switch", "a.example", "--waive", "x"}}) {
    CHECK(command(words) == exit_code::usage);
    CHECK(out == "");
    CHECK(err.find("stellwerk: ") == 0);
    CHECK(err.find("\nTry: stellwerk --help\n") != std::string::npos);
    auto as_json = words;
    as_json.emplace_back("--json");
    CHECK(command(as_json) == exit_code::usage);
    CHECK(err == "");
    const auto error = nlohmann::json::parse(out)["error"];
    CHECK(error["reason"].is_string());
    CHECK(error["advice"] == "Try: stellwerk --help");
  }
}

TEST_CASE_FIXTURE(fixture, "a file that is missing or wrong is 78") {
  CHECK(command({"status", "-c", "/nonexistent/stellwerk.yaml"}) == exit_code::usage); // Twice.
  yaml += "listeneers: []\n";
  CHECK(command({"reload"}) == exit_code::configuration);
  CHECK(err.find("listeneers") != std::string::npos);
  CHECK(command({"check"}) == exit_code::configuration);
  std::filesystem::remove(folder.path() / "chain.pem");
  CHECK(command({"check"}) == exit_code::configuration);
  CHECK(out.find("No such file") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "the control socket is found in a file with problems") {
  const auto found_in = [this](const std::string& text) {
    diagnostics found;
    const auto path = find_control(folder.write("a.yaml", text), found);
    CHECK(has_problems(found));
    REQUIRE(path);
    return path->lexically_relative(folder.path()).string();
  };
  CHECK(found_in("listeneers: []\ncontrol: there.sock\n") == "there.sock");
  CHECK(found_in("control: \"my run/here.sock\" # ours\nlisteners: [\n") == "my run/here.sock");
  CHECK(found_in("a: ]\nstate_dir: 'lib'\r\n") == "lib/control.sock");
  CHECK(found_in("a: ]\ncontrol: run/x.sock # old\n") == "run/x.sock");
  CHECK(found_in("a: ]\ncontrols: x\n") == "state/control.sock");
  diagnostics found;
  CHECK_FALSE(find_control(folder.path() / "none.yaml", found));
  CHECK(has_problems(found));
}
