#include "protocol/logs/mail_log_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace stellwerk;
using namespace std::chrono_literals;
using logs::mail_event;
using logs::mail_log_reader;

namespace {

const logs::time_point now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23};

mail_log_reader reader() {
  return {now, [](logs::wall_time at) { return logs::time_point{at.time_since_epoch()}; }};
}

std::vector<mail_event> read(mail_log_reader& from, std::string_view text) {
  std::vector<mail_event> all;
  while (auto event = from.take(text))
    all.push_back(std::move(*event));
  return all;
}

std::vector<mail_event> read(std::string_view text) {
  auto fresh = reader();
  return read(fresh, text);
}

const std::string at = "Nov 22 10:01:02 mail ";
const std::string login
    = at + "dovecot: imap-login: Login: user=<anna>, method=PLAIN, rip=192.0.2.1, TLS\n";

std::string client(const std::string& id, const std::string& name,
                   const std::string& service = "submission/smtpd") {
  return at + "postfix/" + service + "[12]: " + id
         + ": client=pc.example[192.0.2.1], sasl_method=PLAIN, sasl_username=" + name + '\n';
}

std::string queued(const std::string& id, const std::string& sender) {
  return at + "postfix/qmgr[9]: " + id + ": from=<" + sender
         + ">, size=655, nrcpt=1 (queue active)\n";
}

} // namespace

TEST_CASE("logins come from Dovecot, through syslog or its own file") {
  for (const auto* before :
       {"Nov 22 10:01:02 mail dovecot: pop3-login: ",
        "Nov 22 10:01:02 mail dovecot[7]: pop3-login: ",
        "2026-11-22T10:01:02Z mail dovecot: pop3-login: ", "Nov 22 10:01:02 pop3-login: Info: ",
        "2026-11-22 10:01:02 pop3-login: Info: "}) {
    CAPTURE(before);
    const auto all = read(std::string{before}
                          + "Login: user=<anna>, method=PLAIN, rip=192.0.2.1, mpid=1\r\n");
    REQUIRE(all.size() == 1);
    CHECK(all[0]
          == mail_event{.when = now - 14h + 1min + 2s,
                        .service = "pop3-login",
                        .accepted = true,
                        .by_pop3 = true,
                        .without_tls = true,
                        .login = "anna",
                        .client = "192.0.2.1"});
  }
}

TEST_CASE("a message is joined by its queue id, short or long") {
  for (const auto* id : {"4D2A72E1C", "4cGzXk3Vq1z9vLn"}) {
    const auto all
        = read(client(id, "anna") + client("ABCDEF0", "bert") + queued(id, "info@example.org"));
    REQUIRE(all.size() == 3);
    CHECK(all[0].what == mail_event::kind::login);
    CHECK(!all[0].on_port_25);
    CHECK(all[2]
          == mail_event{.what = mail_event::kind::message,
                        .when = now - 14h + 1min + 2s,
                        .service = "postfix/submission/smtpd",
                        .accepted = true,
                        .login = "anna",
                        .client = "192.0.2.1",
                        .sender = "info@example.org"});
  }
  CHECK(read(client("ABCDEF0", "bert", "smtpd"))[0].on_port_25);
}

TEST_CASE("a message counts once, whatever becomes of it") {
  const auto once = client("ABCDEF0", "anna") + queued("ABCDEF0", "x@y");
  CHECK(read(once + queued("ABCDEF0", "x@y")).size() == 2); // A retry.
  const auto removed = at + "postfix/qmgr[9]: ABCDEF0: removed\n";
  CHECK(read(client("ABCDEF0", "anna") + removed + queued("ABCDEF0", "x@y")).size() == 1);
  const auto stranger = at + "postfix/smtpd[12]: ABCDEF0: client=mx.example[192.0.2.7]\n";
  CHECK(read(client("ABCDEF0", "anna") + stranger + queued("ABCDEF0", "x@y")).size() == 1);
  CHECK(read(queued("ABCDEF0", "x@y")).empty());
  // A filter has it before the queue: who, but not what.
  CHECK(read(client("NOQUEUE", "anna") + queued("NOQUEUE", "x@y")).size() == 1);
  // Another host counts its own.
  CHECK(read(client("ABCDEF0", "anna") + "Nov 22 10:01:02 other"
             + queued("ABCDEF0", "x@y").substr(at.size() - 1))
            .size()
        == 1);
}

TEST_CASE("logins and senders may hold what they like") {
  for (const auto* name :
       {"a b", "\"a\\\"b\"@x", "m\xc3\xbcller", "\xff", "a>, size=1, b", "a: b"}) {
    CAPTURE(name);
    const auto all = read(client("ABCDEF0", name) + queued("ABCDEF0", name));
    REQUIRE(all.size() == 2);
    CHECK(all[0].login == name);
    CHECK(all[1].sender == name);
  }
  const auto added = read(client("ABCDEF0", "anna, sasl_sender=b, sasl_username=bert"));
  CHECK(added.at(0).login == "anna");
  CHECK(read(client("ABCDEF0", "anna") + queued("ABCDEF0", "")).at(1).sender.empty());
}

TEST_CASE("only what the servers themselves say counts") {
  CHECK(
      read(at + "sshd[1]: imap-login: Login: user=<a>, method=PLAIN, rip=192.0.2.1\n").empty());
  CHECK(read(at + "dovecot: imap(a): " + login.substr(at.size())).empty());
  CHECK(read(at + "nopostfix/qmgr[9]: ABCDEF0: from=<a>, size=1\n").empty());
  CHECK(read(at + "postfix/smtpd[9]: warning: pc: ABCDEF0: client=a[192.0.2.1]\n").empty());
}

TEST_CASE("lines that cannot be read are counted, others skipped") {
  auto all = reader();
  const auto longest = at + std::string(mail_log_reader::longest_line - at.size(), 'x') + '\n';
  CHECK(read(all, longest + "\n" + at + "kernel: x\n").empty());
  CHECK(all.unreadable() == 0);
  CHECK(all.lines() == 3);
  CHECK(read(all, 'x' + longest + "no time\n" + at + "dovecot: imap-login: Login: user=<a\n"
                      + at + "dovecot: imap-login: Login: user=<" + std::string(600, 'a')
                      + ">, rip=192.0.2.1\n" + client("ABCDEF0", std::string(600, 'a')) + "2027"
                      + login + "2027-01-01T00:00:00Z" + login.substr(15))
            .empty());
  CHECK(all.unreadable() == 7);
  CHECK(read(all, login).size() == 1);
}

TEST_CASE("any slices give the same events, and a line without its end none") {
  const auto text = login + client("ABCDEF0", "anna") + std::string(9000, 'x') + '\n'
                    + queued("ABCDEF0", "x@y") + login;
  const auto whole = read(text);
  CHECK(whole.size() == 4);
  for (const std::size_t size : {1U, 2U, 7U, 100U, 8192U}) {
    auto sliced = reader();
    std::vector<mail_event> all;
    for (std::size_t from = 0; from < text.size(); from += size)
      for (auto& event : read(sliced, std::string_view{text}.substr(from, size)))
        all.push_back(std::move(event));
    CHECK(all == whole);
    CHECK(sliced.octets() == text.size());
  }
  auto half = reader();
  CHECK(read(half, login + login.substr(0, login.size() - 1)).size() == 1);
  CHECK(half.octets() == login.size());
  half.begin_file();
  CHECK(half.octets() == 0);
  CHECK(read(half, login).size() == 1); // Not the rest of the other file's line.
}

TEST_CASE("messages are remembered from one file to the next, and not without bound") {
  auto rotated = reader();
  CHECK(read(rotated, client("ABCDEF0", "anna")).size() == 1);
  rotated.begin_file();
  CHECK(read(rotated, queued("ABCDEF0", "x@y")).size() == 1);

  logs::submission_ledger ledger{2};
  ledger.add("a", {"", "anna", ""});
  ledger.add("b", {"", "bert", ""});
  ledger.add("b", {"", "carla", ""});
  ledger.add("c", {"", "dora", ""});
  CHECK(ledger.size() == 2);
  CHECK(!ledger.take("a"));
  CHECK(ledger.take("b").value().login == "carla");
  CHECK(!ledger.take("b"));
  CHECK(ledger.size() == 1);
}
