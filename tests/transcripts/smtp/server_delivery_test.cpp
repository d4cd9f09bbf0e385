#include "tests/support/smtp_server_player.hpp"

using namespace stellwerk;
using support::play;

namespace {

// As a public MX that asks for TLS but takes mail without.
smtp::server_settings delivery() {
  return {.hostname = "mx.example", .tls_required = false, .max_recipients = 2};
}

smtp::server_settings with_all_extensions() {
  auto settings = delivery();
  settings.offers_starttls = true;
  settings.size_limit = 0;
  settings.eight_bit_mime = true;
  settings.smtputf8 = true;
  settings.dsn = true;
  return settings;
}

} // namespace

TEST_CASE("a client that says HELO gets mail across") {
  play(delivery(), R"(
    -- greeting
    S: 220 mx.example ESMTP
    C: HELO old.example
    S: 250 mx.example
    C: mail from: <>
    -- mail <>
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: rcpt to: <max@example.org>
    -- rcpt max@example.org
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
    C: data
    -- data
    -- answer 354 Go ahead
    S: 354 Go ahead
    -- content answer 451 4.3.0 Try again
    S: 451 4.3.0 Try again
    C: DATA
    S: 503 5.5.1 Send MAIL first
  )");
}

TEST_CASE("EHLO offers what the settings say and MAIL and RCPT take just that") {
  play(with_all_extensions(), R"(
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 0
    S: 250-STARTTLS
    S: 250-ENHANCEDSTATUSCODES
    S: 250-8BITMIME
    S: 250-DSN
    S: 250 SMTPUTF8
    C: MAIL FROM:<max@example.org> SIZE=99999999999 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2B
    -- mail max@example.org SIZE=99999999999 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2B
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<jürgen@müller.example> NOTIFY=success,failure ORCPT=rfc822;a@b
    -- rcpt jürgen@müller.example NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a@b
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
    C: RSET
    -- reset
    -- answer 250 2.0.0 OK
    S: 250 2.0.0 OK
    C: MAIL FROM:<max@example.org> BODY=BINARYMIME
    S: 555 5.5.4 Parameter not announced
    C: MAIL FROM:<max@example.org> AUTH=<>
    S: 555 5.5.4 Parameter not announced
    C: MAIL FROM:<max@example.org>
    -- mail max@example.org
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<jürgen@müller.example>
    S: 553 5.6.7 Such an address needs SMTPUTF8 at MAIL
  )");
}

TEST_CASE("parameters that were not announced are refused") {
  play(delivery(), R"(
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250 ENHANCEDSTATUSCODES
    C: MAIL FROM:<a@example.org> SIZE=1
    S: 555 5.5.4 Parameter not announced
    C: MAIL FROM:<a@example.org> BODY=7BIT
    S: 555 5.5.4 Parameter not announced
    C: MAIL FROM:<a@example.org> SMTPUTF8
    S: 555 5.5.4 Parameter not announced
    C: MAIL FROM:<a@example.org> RET=FULL
    S: 555 5.5.4 Parameter not announced
    C: MAIL FROM:<a@example.org> XFOO=1
    S: 555 5.5.4 Parameter not announced
    C: MAIL FROM:<a@example.org>
    -- mail a@example.org
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<a@example.org> NOTIFY=NEVER
    S: 555 5.5.4 Parameter not announced
  )");
  play(with_all_extensions(), R"(
    C: HELO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@example.org> SIZE=1
    S: 555 5.5.4 Parameter not announced
  )");
}

TEST_CASE("a size above the limit is refused at MAIL") {
  auto settings = delivery();
  settings.size_limit = 1000;
  play(settings, R"(
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250 ENHANCEDSTATUSCODES
    C: MAIL FROM:<a@example.org> SIZE=1001
    S: 552 5.3.4 The message is larger than SIZE allows
    C: MAIL FROM:<a@example.org> SIZE=99999999999999999999
    S: 552 5.3.4 The message is larger than SIZE allows
    C: MAIL FROM:<a@example.org> SIZE=1000
    -- mail a@example.org SIZE=1000
  )");
}

TEST_CASE("a pipelined transaction is answered command by command (RFC 2920)") {
  play(delivery(), R"(
    C: EHLO client.example
    C: MAIL FROM:<a@example.net>
    C: RCPT TO:<gone@example.org>
    C: RCPT TO:<b@example.org>
    C: RCPT TO:<c@example.org>
    C: RCPT TO:<d@example.org>
    C: DATA
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250 ENHANCEDSTATUSCODES
    -- mail a@example.net
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    -- rcpt gone@example.org
    -- answer 550 5.1.1 Unknown
    S: 550 5.1.1 Unknown
    -- rcpt b@example.org
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
    -- rcpt c@example.org
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
    S: 452 4.5.3 Too many recipients, send the rest in a transaction of its own
    -- data
    -- answer 354 Go ahead
    S: 354 Go ahead
    C: Subject: content is not for the dialogue
    -- content answer 250 2.0.0 Queued
    S: 250 2.0.0 Queued
    S: 500 5.5.2 Command not recognized
  )");
}

TEST_CASE("DATA without an accepted recipient is refused, and RSET ends the transaction") {
  play(delivery(), R"(
    C: HELO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@example.net>
    C: RCPT TO:<gone@example.org>
    C: DATA
    -- mail a@example.net
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    -- rcpt gone@example.org
    -- answer 451 4.3.2 Later
    S: 451 4.3.2 Later
    S: 451 4.5.1 No recipient is accepted yet, please try again later
    C: MAIL FROM:<b@example.net>
    S: 503 5.5.1 A transaction is open, end it with RSET
    C: RSET
    -- reset
    -- answer 250 2.0.0 OK
    S: 250 2.0.0 OK
    C: RSET
    S: 250 2.0.0 OK
    C: RCPT TO:<b@example.org>
    S: 503 5.5.1 Send MAIL first
  )");
}

TEST_CASE("DATA is refused for good only where every recipient was") {
  play(delivery(), R"(
    C: HELO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@example.net>
    C: RCPT TO:<gone@example.org>
    C: DATA
    -- mail a@example.net
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    -- rcpt gone@example.org
    -- answer 550 5.1.1 Unknown
    S: 550 5.1.1 Unknown
    S: 554 5.5.1 No valid recipients
  )");
}

TEST_CASE("DATA refused leaves the transaction open") {
  play(delivery(), R"(
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
    C: DATA
    -- data
    -- answer 451 4.3.2 The domain has moved, try again
    S: 451 4.3.2 The domain has moved, try again
    C: EHLO again.example
    -- reset
    -- answer 250 2.0.0 OK
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250 ENHANCEDSTATUSCODES
    C: DATA
    S: 503 5.5.1 Send MAIL first
  )");
}

TEST_CASE("MAIL refused opens no transaction") {
  play(delivery(), R"(
    C: MAIL FROM:<a@example.net>
    S: 503 5.5.1 Send EHLO first
    C: HELO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@example.net>
    -- mail a@example.net
    -- answer 553 5.7.1 Not yours
    S: 553 5.7.1 Not yours
    C: RCPT TO:<b@example.org>
    S: 503 5.5.1 Send MAIL first
    C: RSET
    S: 250 2.0.0 OK
  )");
}

TEST_CASE("addresses that break the grammar are refused, each with its code") {
  play(delivery(), R"(
    C: HELO client.example
    S: 250 mx.example
    C: MAIL a@example.org
    S: 501 5.5.4 Syntax: MAIL FROM:<address> [parameters]
    C: MAIL FROM:a@example.org
    S: 501 5.1.7 Bad sender address syntax
    C: MAIL FROM:<a@example.org.>
    S: 501 5.1.7 Bad sender address syntax
    C: MAIL FROM:<a@example.org>
    -- mail a@example.org
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<>
    S: 501 5.1.3 Bad recipient address syntax
    C: RCPT <a@example.org>
    S: 501 5.5.4 Syntax: RCPT TO:<address> [parameters]
    C: RCPT TO:<postmaster>
    -- rcpt postmaster
  )");
}

TEST_CASE("a recipient whose domain has no certain form is refused, not guessed") {
  auto settings = delivery();
  settings.smtputf8 = true;
  play(settings, R"(
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-ENHANCEDSTATUSCODES
    S: 250 SMTPUTF8
    C: MAIL FROM:<a@example.net> SMTPUTF8
    -- mail a@example.net SMTPUTF8
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<b@ｅxample.org>
    S: 553 5.1.3 Write this domain in its xn-- form
  )");
}

TEST_CASE("commands that are not offered, not known or malformed") {
  play(delivery(), R"(
    C: EHLO
    S: 501 5.5.4 Give the name of your host
    C: HELO client.example
    S: 250 mx.example
    C: EXPN staff
    S: 502 5.5.1 This command is not offered
    C: ETRN example.org
    S: 502 5.5.1 This command is not offered
    C: TURN
    S: 502 5.5.1 This command is not offered
    C: STARTTLS
    S: 502 5.5.1 STARTTLS is not offered here
    C: AUTH PLAIN
    S: 502 5.5.1 AUTH is not offered here
    C: XCLIENT ADDR=192.0.2.1
    S: 500 5.5.2 Command not recognized
    C|\r\n
    S: 500 5.5.2 Command not recognized
    C: VRFY max
    S: 252 2.0.0 Cannot verify, but will take mail and try
    C: VRFY
    S: 501 5.5.4 Syntax: VRFY address
    C: HELP
    S: 214 2.0.0 This server speaks SMTP, see RFC 5321
    C: NOOP whatever
    S: 250 2.0.0 OK
    C: RSET now
    S: 501 5.5.4 This command takes no argument
  )");
}

TEST_CASE("a line end that another server might read otherwise closes the connection") {
  play(delivery(), R"(
    C| NOOP\r\nNOOP\nNOOP\r\n
    S: 250 2.0.0 OK
    S: 500 5.5.2 A line ends in CR LF, with neither alone
    -- closed
  )");
  play(delivery(), R"(
    C| NOOP\rNOOP\r\n
    S: 500 5.5.2 A line ends in CR LF, with neither alone
    -- closed
  )");
}

TEST_CASE("a line beyond the limit closes the connection") {
  auto settings = delivery();
  settings.max_line_octets = 20;
  play(settings, R"(
    C| NOOP 6789012345678\r\nNOOP 67890123456789\r\n
    S: 250 2.0.0 OK
    S: 500 5.5.2 Line too long
    -- closed
  )");
}

TEST_CASE("a browser is shown the door") {
  play(delivery(), R"(
    C: POST / HTTP/1.1
    C: MAIL FROM:<a@example.org>
    S: 500 5.5.2 This is not HTTP
    -- closed
  )");
}

TEST_CASE("the twentieth error ends the session") {
  std::string script;
  for (int i = 0; i < 19; ++i)
    script += "C: FOO\nS: 500 5.5.2 Command not recognized\n";
  play(delivery(), script + R"(
    C: FOO
    C: NOOP
    S: 421 4.7.0 Too many errors, closing
    -- closed
  )");
}

TEST_CASE("the twentieth wrong password ends the session") {
  auto settings = delivery();
  settings.tls_active = true;
  settings.offers_auth = true;
  std::string script = "C: EHLO a\nS: 250-mx.example\nS: 250-PIPELINING\n"
                       "S: 250-CHUNKING\n"
                       "S: 250-AUTH PLAIN LOGIN\nS: 250 ENHANCEDSTATUSCODES\n";
  for (int i = 0; i < 20; ++i)
    script += "C: AUTH PLAIN AGEAYg==\n-- login a b\n-- answer 535 5.7.8 No\nS: 535 5.7.8 No\n";
  play(settings, script + R"(
    S: 421 4.7.0 Too many errors, closing
    -- closed
  )");
}

TEST_CASE("errors are forgiven with a message delivered") {
  std::string errors;
  for (int i = 0; i < 15; ++i)
    errors += "C: FOO\nS: 500 5.5.2 Command not recognized\n";
  play(delivery(), "C: HELO a\nS: 250 mx.example\n" + errors + R"(
    C: MAIL FROM:<>
    -- mail <>
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<a@b>
    -- rcpt a@b
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
    C: DATA
    -- data
    -- answer 354 Go
    S: 354 Go
    -- content answer 250 2.0.0 Queued
    S: 250 2.0.0 Queued
  )" + errors);
}

TEST_CASE("after a 421 nothing more is taken") {
  play(delivery(), R"(
    C: HELO client.example
    S: 250 mx.example
    C: MAIL FROM:<>
    C: RSET
    -- mail <>
    -- answer 421 4.3.2 Closing
    S: 421 4.3.2 Closing
  )");
}

TEST_CASE("where TLS is required the others are told so, and a login is possible under it") {
  auto settings = delivery();
  settings.tls_required = true;
  settings.offers_starttls = true;
  settings.offers_auth = true;
  play(settings, R"(
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-STARTTLS
    S: 250 ENHANCEDSTATUSCODES
    C: MAIL FROM:<a@example.net>
    S: 530 5.7.0 Must issue a STARTTLS command first
    C: STARTTLS
    S: 220 2.0.0 Ready to start TLS
    -- start tls, 0 octets left
    -- tls started
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-AUTH PLAIN LOGIN
    S: 250 ENHANCEDSTATUSCODES
    C: MAIL FROM:<a@example.net> AUTH=<>
    -- mail a@example.net AUTH=<>
  )");
}

TEST_CASE("AUTH is refused in the clear where TLS is not required") {
  auto settings = delivery();
  settings.offers_starttls = true;
  settings.offers_auth = true;
  play(settings, R"(
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-STARTTLS
    S: 250 ENHANCEDSTATUSCODES
    C: AUTH PLAIN AGEAYg==
    S: 538 5.7.11 Encryption required, issue STARTTLS first
  )");
}
