#include "tests/transcripts/smtp/backend_transcript.hpp"

using namespace stellwerk;
using namespace stellwerk::smtp;
using namespace stellwerk::support;

namespace {

const backend_settings clear{"proxy.example"};
const backend_settings with_login{"proxy.example", backend_tls::implicit, {}, true};

} // namespace

TEST_CASE("replies are matched to commands in their order") {
  play(clear, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 PIPELINING
    -- ready
    -- mail a@example.org
    C: MAIL FROM:<a@example.org>
    -- may send
    -- rcpt b@example.org
    C: RCPT TO:<b@example.org>
    -- rcpt c@example.org
    C: RCPT TO:<c@example.org>
    -- data
    C: DATA
    -- may not send
    -- awaits MAIL
    S: 250 2.1.0 ok
    S: 250-2.1.5 yes
    S: 250 2.1.5 indeed
    S: 550 5.1.1 nobody
    S: 354 go ahead
    -- MAIL answered 250
    -- RCPT answered 250
    -- RCPT answered 550
    -- DATA answered 354
    -- content sent
    -- awaits content
    -- may not send
    S: 250 2.0.0 queued
    -- content answered 250
    -- rset
    C: RSET
    -- may send
    -- noop
    C: NOOP
    -- may not send
    S: 250 ok
    S: 250 ok
    -- RSET answered 250
    -- NOOP answered 250
    -- quit
    C: QUIT
    S: 221 bye
    -- QUIT answered 221
  )");
}

TEST_CASE("without PIPELINING one command waits for the other's reply") {
  play(clear, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250 new.example
    -- ready
    -- mail <>
    C: MAIL FROM:<>
    -- may not send
    S: 250 ok
    -- MAIL answered 250
    -- may send
  )");
}

TEST_CASE("an extension that is gone is said, and nothing is sent") {
  play(clear, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250 new.example
    -- ready
    -- mail a@example.org smtputf8
    -- lost SMTPUTF8
    -- mail a@example.org 8bit
    -- lost 8BITMIME
    -- awaits nothing
    -- may send
  )");
}

TEST_CASE("421 ends it at any time, also unasked") {
  for (const auto* const before :
       {"", "-- noop\nC: NOOP\n", "-- data\nC: DATA\n", "-- content sent\n",
        "-- login a b\nC (secret): AUTH PLAIN AGEAYg==\n"})
    play(with_login, "S: 220 x\nC: EHLO proxy.example\nS: 250-x\nS: 250 AUTH PLAIN\n-- ready\n"
                         + std::string{before} + "S: 421 bye\n-- gives up: shutting_down");
}

TEST_CASE("a reply that the command cannot have ends it") {
  const std::string ready = "S: 220 x\nC: EHLO proxy.example\nS: 250 x\n-- ready\n";
  play(clear, ready + "-- data\nC: DATA\nS: 250 ok\n-- gives up: unexpected_reply");
  play(clear, ready + "-- rset\nC: RSET\nS: 354 ok\n-- gives up: unexpected_reply");
  play(clear, ready + "-- content sent\nS: 354 ok\n-- gives up: unexpected_reply");
  play(clear, ready + "-- noop\nC: NOOP\nS: nonsense\n-- gives up: malformed_reply");
}

TEST_CASE("endless reply lines end it") {
  std::string endless;
  for (int i = 0; i < 200; ++i)
    endless += "S: 250-new.example\n";
  play(clear, "S: 220 x\nC: EHLO proxy.example\n" + endless + "-- gives up: reply_too_long");
}

TEST_CASE("a login is refused by 535 and its kin, all else is the backend's trouble") {
  CHECK(is_login_refusal({535, "5.7.8", {}}));
  CHECK(is_login_refusal({535, "5.0.0", {}}));
  CHECK(is_login_refusal({525, "5.7.13", {}}));
  CHECK(is_login_refusal({550, "5.7.8", {}}));
  CHECK_FALSE(is_login_refusal({235, "2.7.0", {}}));
  CHECK_FALSE(is_login_refusal({454, "4.7.0", {}}));
  CHECK_FALSE(is_login_refusal({535 - 100, "4.7.8", {}}));
  CHECK_FALSE(is_login_refusal({530, "5.7.0", {}}));
  CHECK_FALSE(is_login_refusal({504, "5.5.4", {}}));
  CHECK_FALSE(is_login_refusal({500, "5.5.2", {}}));
}
