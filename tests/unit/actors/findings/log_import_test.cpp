#include "actors/findings/log_import.hpp"

#include "actors/io/file_descriptor.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <fstream>

namespace stellwerk {
namespace {

using namespace std::chrono_literals;
using findings::database;

constexpr std::chrono::sys_days today{std::chrono::year{2026} / 11 / 23};

const account_table& accounts() {
  static const account_table table{{{"anna@example.org", "example.org", "", "", {}, {}}}};
  return table;
}

std::string login(int day, const std::string& name) {
  return "Nov " + std::to_string(day) + " 10:01:02 mail dovecot: imap-login: Login: user=<"
         + name + ">, method=PLAIN, rip=192.0.2.1, TLS\n";
}

const std::string received = "Nov 22 10:01:02 mail postfix/submission/smtpd[1]: ABCDEF0: "
                             "client=pc[192.0.2.7], sasl_method=PLAIN, "
                             "sasl_username=anna@example.org\n";
const std::string queued
    = "Nov 22 10:01:03 mail postfix/qmgr[2]: ABCDEF0: from=<x@club.example>, size=1, nrcpt=1\n";

struct bench {
  test::temporary_folder folder{};
  finding_store store{finding_store::file_in(folder.path()), database::access::write};

  import_summary import(const std::string& name, std::chrono::sys_days now = today) {
    log_import one{store, accounts(), {}, now, [](logs::wall_time at) {
                     return logs::time_point{at.time_since_epoch()};
                   }};
    const io::file_descriptor file{
        ::open((folder.path() / name).c_str(), O_RDONLY | O_CLOEXEC)};
    one.read(file.get());
    one.trim();
    return one.so_far();
  }

  std::vector<finding_record> rows() { return store.page(0, 100000, "").rows; }
};

} // namespace

TEST_CASE("a log is counted once, however often it is imported, and what has grown since") {
  bench at;
  at.folder.write("mail.log", login(20, "Anna@example.org") + login(21, "Anna@example.org")
                                  + login(21, "anna@example.org") + "no line\n" + received);
  const auto first = at.import("mail.log");
  CHECK(first.lines == 5);
  CHECK(first.unreadable == 1);
  CHECK(first.logins == 4);
  CHECK(first.days.size() == 3);
  CHECK(first.findings == std::map<finding_kind, std::uint64_t>{{finding_kind::wrong_case, 2}});
  const auto rows = at.rows();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].count == 2);
  CHECK(rows[0].accepted == 2);
  CHECK(rows[0].first_seen
        == std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 10h + 1min + 2s);
  CHECK(rows[0].last_seen - rows[0].first_seen == 24h);
  CHECK(at.store.days("") == observed_days{{"", 3}, {"example.org", 3}});

  const auto again = at.import("mail.log");
  CHECK(again.lines == 0);
  CHECK(again.lines_before == 5);
  CHECK(again.logins == 0);
  CHECK(at.rows() == rows);

  // The sender of a message that was between smtpd and qmgr is known all the same.
  std::ofstream{at.folder.path() / "mail.log", std::ios::app} << queued << "Nov 22 10:02:00 ma";
  const auto grown = at.import("mail.log");
  CHECK(grown.lines == 1);
  CHECK(grown.messages == 1);
  CHECK(grown.findings
        == std::map<finding_kind, std::uint64_t>{{finding_kind::foreign_sender, 1}});
  std::ofstream{at.folder.path() / "mail.log", std::ios::app} << "il kernel: x\n";
  CHECK(at.import("mail.log").lines == 1);
  CHECK(at.rows().size() == 2);
}

TEST_CASE("a rotated log is the same under its new name, another is another") {
  bench at;
  at.folder.write("mail.log", login(20, "Anna@example.org"));
  at.folder.write("mail.log.1", login(20, "Anna@example.org") + login(21, "Anna@example.org"));
  at.folder.write("other.log", login(21, "Anna@example.org"));
  CHECK(at.import("mail.log").lines == 1);
  CHECK(at.import("mail.log.1").lines == 1);
  CHECK(at.import("other.log").lines == 1);
  at.folder.write("mail.log", ""); // Nothing to tell it by.
  CHECK(at.import("mail.log").lines == 0);
  CHECK(at.rows().at(0).count == 3);
}

TEST_CASE("large logs are written in portions, each once") {
  bench at;
  std::string text;
  for (int i = 0; i < 10000; ++i)
    text += login(21, "guest" + std::to_string(i) + "@example.org");
  at.folder.write("mail.log", text);
  CHECK(at.import("mail.log").findings.at(finding_kind::unknown_login) == 10000);
  CHECK(at.rows().size() == 10000);
  CHECK(at.import("mail.log").lines_before == 10000);
  CHECK(at.rows().size() == 10000);
}

TEST_CASE("what the proxy has seen since is not overwritten, what is too old is not kept") {
  bench at;
  finding_record newer{{.kind = finding_kind::wrong_case,
                        .domain = "example.org",
                        .login = "Anna@example.org",
                        .client = "192.0.2.99",
                        .software = "Mailreader 7"},
                       1,
                       0,
                       today,
                       today};
  at.store.add({.found = {newer}});
  at.folder.write("mail.log", login(20, "Anna@example.org"));
  CHECK(at.import("mail.log").logins == 1);
  const auto row = at.rows().at(0);
  CHECK(row.count == 2);
  CHECK(row.what.client == "192.0.2.99");
  CHECK(row.what.software == "Mailreader 7");
  CHECK(row.first_seen < row.last_seen);

  bench late;
  late.folder.write("mail.log", login(20, "Anna@example.org"));
  late.import("mail.log", today + std::chrono::days{200});
  CHECK(late.rows().empty());
  CHECK(late.store.days("").empty());
}

TEST_CASE("two imports of one log at once: one of them is told") {
  bench at;
  finding_batch batch{.log = log_progress{"digest", 0, 100, today}};
  at.store.add(batch);
  CHECK(at.store.octets_read("digest") == 100);
  batch.found.push_back({{.login = "anna"}, 1, 1, today, today});
  CHECK_THROWS_AS(at.store.add(batch), findings::database_fault);
  CHECK(at.rows().empty());
}

} // namespace stellwerk
