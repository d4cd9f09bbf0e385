#include "tests/support/smtp_server_player.hpp"

using namespace stellwerk;
using support::play;

namespace {

smtp::server_settings delivery() {
  return {.hostname = "mx.example", .tls_required = false, .size_limit = 20};
}

/// `rest` behind an envelope whose recipient was accepted.
std::string in_transaction(std::string_view rest) {
  return R"(
    C: HELO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@example.net>
    -- mail a@example.net
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<b@example.org>
    -- rcpt b@example.org
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
  )" + std::string{rest};
}

} // namespace

TEST_CASE("a message comes in chunks, and what it holds is never a command (RFC 3030)") {
  play(delivery(), in_transaction(R"(
    C| BDAT 7\r\nQUIT\r\n.
    -- chunk first: QUIT\r\n.
    -- chunk answer 250 2.0.0 OK
    S: 250 2.0.0 OK
    C| bdat 2 last\r\n\r\nQUIT\r\n
    -- chunk last: \r\n
    -- chunk answer 250 2.0.0 Queued
    S: 250 2.0.0 Queued
    S: 221 2.0.0 Bye
    -- closed
  )"));
}

TEST_CASE("everything pipelined at once is answered in order, one message after the other") {
  play(delivery(), R"(
    C| EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\nBDAT 3\r\nx\r\nBDAT 0 LAST\r\nMAIL FROM:<>\r\nRCPT TO:<d@c>\r\nBDAT 1 LAST\r\nyNOOP\r\n
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 20
    S: 250 ENHANCEDSTATUSCODES
    -- mail <>
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    -- rcpt b@c
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
    -- chunk first: x\r\n
    -- chunk answer 250 2.0.0 OK
    S: 250 2.0.0 OK
    -- chunk last:
    -- chunk answer 250 2.0.0 Queued
    S: 250 2.0.0 Queued
    -- mail <>
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    -- rcpt d@c
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
    -- chunk first last: y
    -- chunk answer 250 2.0.0 Queued
    S: 250 2.0.0 Queued
    S: 250 2.0.0 OK
  )");
}

TEST_CASE("BDAT 0 LAST alone is an empty message") {
  play(delivery(), in_transaction(R"(
    C: BDAT 0 LAST
    -- chunk first last:
    -- chunk answer 250 2.0.0 Queued
    S: 250 2.0.0 Queued
    C| BDAT 2 LAST\r\nhi
    -- refused chunk: hi
    S: 503 5.5.1 Send MAIL first
  )"));
}

TEST_CASE("a chunk out of turn is thrown away, and only then refused") {
  play(delivery(), R"(
    C| BDAT 6\r\nNOOP\r\nNOOP\r\n
    -- refused chunk: NOOP\r\n
    S: 503 5.5.1 Send EHLO first
    S: 250 2.0.0 OK
    C: HELO client.example
    S: 250 mx.example
    C| BDAT 6 LAST\r\nQUIT\r\n
    -- refused chunk: QUIT\r\n
    S: 503 5.5.1 Send MAIL first
  )");
  auto settings = delivery();
  settings.tls_required = true;
  play(settings, R"(
    C| BDAT 6\r\nQUIT\r\n
    -- refused chunk: QUIT\r\n
    S: 530 5.7.0 Must issue a STARTTLS command first
  )");
}

TEST_CASE("chunks for no recipient fail the message; the last one ends it") {
  play(delivery(), R"(
    C: HELO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@example.net>
    -- mail a@example.net
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<b@example.org>
    -- rcpt b@example.org
    -- answer 451 4.3.2 Later
    S: 451 4.3.2 Later
    C| BDAT 1\r\naBDAT 2 LAST\r\nbc
    -- refused chunk: a
    S: 451 4.5.1 No recipient is accepted yet, please try again later
    -- refused chunk: bc
    S: 451 4.5.1 No recipient is accepted yet, please try again later
    C: MAIL FROM:<>
    -- mail <>
  )");
}

TEST_CASE("after a chunk that failed the ones pipelined behind it fail alike") {
  play(delivery(), in_transaction(R"(
    C| BDAT 1\r\naBDAT 1\r\nbBDAT 1 LAST\r\ncMAIL FROM:<>\r\n
    -- chunk first: a
    -- chunk answer 451 4.3.2 The mailbox has moved
    S: 451 4.3.2 The mailbox has moved
    -- refused chunk: b
    S: 451 4.3.2 The mailbox has moved
    -- refused chunk: c
    S: 451 4.3.2 The mailbox has moved
    -- mail <>
  )"));
}

TEST_CASE("RSET and EHLO end a message between two chunks") {
  play(delivery(), in_transaction(R"(
    C| BDAT 1\r\naRSET\r\nBDAT 1 LAST\r\nb
    -- chunk first: a
    -- chunk answer 250 2.0.0 OK
    S: 250 2.0.0 OK
    -- reset
    -- answer 250 2.0.0 Reset
    S: 250 2.0.0 Reset
    -- refused chunk: b
    S: 503 5.5.1 Send MAIL first
  )"));
  play(delivery(), in_transaction(R"(
    C| BDAT 1\r\naHELO again\r\nMAIL FROM:<>\r\n
    -- chunk first: a
    -- chunk answer 550 5.7.1 No
    S: 550 5.7.1 No
    -- reset
    -- answer 250 2.0.0 Reset
    S: 250 mx.example
    -- mail <>
  )"));
}

TEST_CASE("DATA, RCPT and MAIL do not mix with chunks, NOOP and VRFY do") {
  play(delivery(), in_transaction(R"(
    C| BDAT 1\r\na
    -- chunk first: a
    -- chunk answer 250 2.0.0 OK
    S: 250 2.0.0 OK
    C: DATA
    S: 503 5.5.1 Chunks have come, send the last one or RSET
    C: RCPT TO:<c@example.org>
    S: 503 5.5.1 Chunks have come, send the last one or RSET
    C: MAIL FROM:<>
    S: 503 5.5.1 A transaction is open, end it with RSET
    C: NOOP
    S: 250 2.0.0 OK
    C: VRFY max
    S: 252 2.0.0 Cannot verify, but will take mail and try
    C: BDAT 0 LAST
    -- chunk last:
    -- chunk answer 250 2.0.0 Queued
    S: 250 2.0.0 Queued
  )"));
}

TEST_CASE("chunks beyond SIZE are thrown away and refused") {
  play(delivery(), in_transaction(R"(
    C| BDAT 20\r\n01234567890123456789
    -- chunk first: 01234567890123456789
    -- chunk answer 250 2.0.0 OK
    S: 250 2.0.0 OK
    C| BDAT 1\r\naBDAT 0 LAST\r\n
    -- refused chunk: a
    S: 552 5.3.4 The message is larger than SIZE allows
    -- refused chunk:
    S: 552 5.3.4 The message is larger than SIZE allows
  )"));
  play(delivery(), in_transaction(R"(
    C| BDAT 18446744073709551615 LAST\r\nMAIL FROM:<>\r\nQUIT\r\n
  )"));
}

TEST_CASE("where the end of a chunk cannot be known the connection is closed") {
  for (const auto* command :
       {"BDAT", "BDAT LAST", "BDAT x", "BDAT 5x", "BDAT +5", "BDAT -5", "BDAT 0x5",
        "BDAT 5 FIRST", "BDAT 5 LAST LAST", "BDAT 18446744073709551616", "BDAT 5,6"})
    play(delivery(), in_transaction("C: " + std::string{command} + R"(
      C: MAIL FROM:<evil@example.net>
      S: 501 5.5.4 Syntax: BDAT size [LAST]
      -- closed
    )"));
}

TEST_CASE("the twentieth refused chunk ends the session") {
  std::string script;
  for (int i = 0; i < 20; ++i)
    script += "C| BDAT 1\\r\\nx\n-- refused chunk: x\nS: 503 5.5.1 Send EHLO first\n";
  play(delivery(), script + R"(
    S: 421 4.7.0 Too many errors, closing
    -- closed
  )");
}
