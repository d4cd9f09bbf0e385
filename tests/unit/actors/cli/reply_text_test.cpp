#include "actors/cli/reply_text.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::cli;

TEST_CASE("status is tables, numbers to the right, trouble in capitals") {
  const auto reply = json::parse(R"({
    "epoch": 17,
    "domains": [
      {"domain": "example.org", "phase": "new", "since": "2026-11-22T08:31:04Z",
       "sessions": {"old": 0, "new": 112}, "parked": 0, "deliveries": 2},
      {"domain": "exämple.net", "phase": "old", "since": "2026-11-01T08:31:04Z",
       "sessions": {"old": 3, "new": 0}, "parked": 0, "deliveries": 0}],
    "backends": [
      {"name": "old", "protocol": "imap", "healthy": true, "problem": null,
       "weak": ["tls_min", "verify"]},
      {"name": "new", "protocol": "smtp", "healthy": false, "problem": "connection refused"}],
    "certificates": [
      {"names": ["mail.old.example", "imap.old.example"], "not_after": "2027-03-31T12:00:00Z",
       "days_left": 128, "legacy": true, "retired": false,
       "uses": [{"name": "mail.old.example", "asked": true, "uses_day": 5, "uses_week": 70,
                 "refused": 0, "last_login": "anna@example.org",
                 "last_login_at": "2026-11-22T08:31:04Z"}]},
      {"names": ["mx.new.example"], "not_after": "2026-11-01T12:00:00Z", "days_left": -22,
       "legacy": false, "retired": true}],
    "gates": [{"name": "no_relay new", "ok": false, "value": "250", "limit": "refused"}],
    "warnings": ["example.com has no accounts"]})");
  CHECK(status_text(reply) ==
        R"(epoch 17

DOMAIN       PHASE  SINCE                 OLD  NEW  PARKED  DELIVERIES
example.org  new    2026-11-22T08:31:04Z    0  112       0           2
exämple.net  old    2026-11-01T08:31:04Z    3    0       0           0

BACKEND  PROTOCOL  HEALTH
old      imap      ok, WEAK: tls_min, verify
new      smtp      DOWN: connection refused

CERTIFICATE                         ENDS                  DAYS LEFT  NOTE
mail.old.example, imap.old.example  2027-03-31T12:00:00Z        128  legacy
mx.new.example                      2026-11-01T12:00:00Z        -22  RETIRED

NAME              LAST DAY  LAST WEEK  REFUSED  LAST LOGIN
mail.old.example         5         70        0  2026-11-22T08:31:04Z anna@example.org

GATE          STATE   VALUE  LIMIT
no_relay new  NOT OK  250    refused

warning: example.com has no accounts
)");
  CHECK(status_text(json::object()) == "epoch \n");
}

TEST_CASE("status tells where a move has come to, and who asked for it") {
  const auto reply = json::parse(R"({"epoch": 18, "domains": [
      {"domain": "example.org", "phase": "moving", "since": "2026-11-22T08:31:04Z",
       "move": {"id": "1", "command": "switch", "step": "final_sync", "by": "uid 0",
                "since": "2026-11-22T08:31:03Z"}},
      {"domain": "example.net", "phase": "old", "since": "2026-11-22T08:31:04Z", "move": null}]})");
  CHECK(status_text(reply).find(R"(
MOVE         COMMAND  STEP        BY     SINCE
example.org  switch   final_sync  uid 0  2026-11-22T08:31:03Z
)") != std::string::npos);
}

TEST_CASE("sessions is a table and a count") {
  CHECK(
      sessions_text(json::parse(R"({"sessions": [
      {"id": "7f3a", "protocol": "imap", "login": "max muster@example.org",
       "domain": "example.org", "backend": "new", "client": "192.0.2.7",
       "since": "2026-11-22T08:31:04Z", "state": "idle"}]})"))
      == R"(SESSION  PROTOCOL  LOGIN                   DOMAIN       BACKEND  CLIENT     SINCE                 STATE
7f3a     imap      max muster@example.org  example.org  new      192.0.2.7  2026-11-22T08:31:04Z  idle
1 session
)");
  CHECK(sessions_text(json::parse(R"({"sessions": []})")) == "0 sessions\n");
}

TEST_CASE("a login can't paint the operator's terminal") {
  CHECK(member_text({{"login", "a\x1b[31mb \"c\" \n"}}, "login") == "a\\x1b[31mb \"c\" \\n");
  CHECK(member_text({{"login", "m\xFCller"}}, "login") == "m\\xfcller");
  CHECK(member_text({{"login", "müller"}}, "login") == "müller");
  CHECK(member_text({{"login", ""}}, "login") == "");
  CHECK(member_text({{"names", {"a", "b"}}}, "names") == "a, b");
  CHECK(member_text(json::array(), "login") == "");
}

TEST_CASE("reload says the epoch, what changed and what still drains") {
  CHECK(reload_text(json::parse(R"({"epoch": 18, "changed": [
      {"domain": "example.org", "from": "old", "to": "new"}], "draining": 3,
      "warnings": ["x"]})"))
        == "epoch 18 is in force\nexample.org: old -> new\n3 sessions still drain\n"
           "warning: x\n");
  CHECK(reload_text(json::parse(R"({"epoch": 18, "changed": [], "draining": 1})"))
        == "epoch 18 is in force\nno domain changed its phase\n1 session still drains\n");
  CHECK(reload_text(json::parse(R"({"epoch": 19, "changed": [], "draining": 0})"))
        == "epoch 19 is in force\nno domain changed its phase\nno session has to move\n");
}

TEST_CASE("kick and drain count") {
  CHECK(kick_text({{"kicked", 0}}) == "nobody of that name is connected\n");
  CHECK(kick_text({{"kicked", 1}}) == "1 session ends at its next safe point\n");
  CHECK(kick_text({{"kicked", 2}}) == "2 sessions end at their next safe points\n");
  CHECK(drain_text({{"drained", 5}, {"cut", 0}})
        == "drained: 5 sessions ended at a safe point; the proxy stops\n");
  CHECK(drain_text({{"drained", 1}, {"cut", 2}})
        == "drained: 1 session ended at a safe point, 2 cut; the proxy stops\n");
}

TEST_CASE("a refusal is all problems and what holds now, or a reason and advice") {
  CHECK(error_text(json::parse(R"({"reason": "r", "problems": [
      {"file": "stellwerk.yaml", "line": 14, "column": 17, "key": "budgets.park",
       "message": "2h is outside 1 s to 1 h"},
      {"file": "accounts.csv", "line": 3, "column": 1, "key": "", "message": "doubled"},
      {"file": "routes.yaml", "line": 0, "column": 0, "key": "", "message": "is missing"}]})"),
                   "nothing was started")
        == "stellwerk.yaml:14:17: budgets.park: 2h is outside 1 s to 1 h\n"
           "accounts.csv:3:1: doubled\n"
           "routes.yaml: is missing\n"
           "3 problems; nothing was started. Every key is explained in config/README.md.\n");
  CHECK(error_text({{"reason", "8 % of the accounts would go"},
                    {"advice", "If that is meant: stellwerk reload --allow-removals"}},
                   "x")
        == "stellwerk: 8 % of the accounts would go\n"
           "If that is meant: stellwerk reload --allow-removals\n");
}
