#include "tests/support/smtp_server_player.hpp"

using namespace stellwerk;
using support::play;

namespace {

smtp::server_settings submission() {
  return {.hostname = "mail.example",
          .role = smtp::role::submission,
          .offers_starttls = true,
          .offers_auth = true,
          .size_limit = 1000};
}

smtp::server_settings submissions() {
  auto settings = submission();
  settings.offers_starttls = false;
  settings.tls_active = true;
  return settings;
}

} // namespace

TEST_CASE("a message is handed in over STARTTLS with AUTH PLAIN") {
  play(submission(), R"(
    -- greeting
    S: 220 mail.example ESMTP
    C: EHLO client.example
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-STARTTLS
    S: 250 ENHANCEDSTATUSCODES
    C: STARTTLS
    S: 220 2.0.0 Ready to start TLS
    -- start tls, 0 octets left
    -- tls started
    C: EHLO client.example
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-AUTH PLAIN LOGIN
    S: 250 ENHANCEDSTATUSCODES
    C: AUTH PLAIN AG1heEBleGFtcGxlLm9yZwBzZWNyZXQ=
    -- login max@example.org secret
    -- answer 235 2.7.0 Welcome
    S: 235 2.7.0 Welcome
    C: MAIL FROM:<max@example.org> SIZE=500
    -- mail max@example.org SIZE=500
    -- answer 250 2.1.0 OK
    S: 250 2.1.0 OK
    C: RCPT TO:<eva@example.net>
    -- rcpt eva@example.net
    -- answer 250 2.1.5 OK
    S: 250 2.1.5 OK
    C: DATA
    -- data
    -- answer 354 Go ahead
    S: 354 Go ahead
    -- content answer 250 2.0.0 Queued
    S: 250 2.0.0 Queued
    C: QUIT
    S: 221 2.0.0 Bye
    -- closed
  )");
}

TEST_CASE("before TLS only what leads there is taken (RFC 3207 section 4)") {
  play(submission(), R"(
    C: EHLO client.example
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-STARTTLS
    S: 250 ENHANCEDSTATUSCODES
    C: AUTH PLAIN AG1heEBleGFtcGxlLm9yZwBzZWNyZXQ=
    C: MAIL FROM:<max@example.org>
    C: RCPT TO:<eva@example.net>
    C: DATA
    C: VRFY max
    C: HELP
    C: NOOP
    C: RSET
    C: QUIT
    S: 530 5.7.0 Must issue a STARTTLS command first
    S: 530 5.7.0 Must issue a STARTTLS command first
    S: 530 5.7.0 Must issue a STARTTLS command first
    S: 530 5.7.0 Must issue a STARTTLS command first
    S: 530 5.7.0 Must issue a STARTTLS command first
    S: 530 5.7.0 Must issue a STARTTLS command first
    S: 250 2.0.0 OK
    S: 250 2.0.0 OK
    S: 221 2.0.0 Bye
    -- closed
  )");
}

TEST_CASE("no setting takes a login or mail of a submission in the clear") {
  auto settings = submission();
  settings.tls_required = false;
  play(settings, R"(
    C: EHLO client.example
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-STARTTLS
    S: 250 ENHANCEDSTATUSCODES
    C: AUTH LOGIN
    S: 530 5.7.0 Must issue a STARTTLS command first
    C: MAIL FROM:<>
    S: 530 5.7.0 Must issue a STARTTLS command first
  )");
}

TEST_CASE("bytes behind STARTTLS are left for the session to see and never executed") {
  play(submission(), R"(
    C: EHLO client.example
    C: STARTTLS
    C: RSET
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-STARTTLS
    S: 250 ENHANCEDSTATUSCODES
    S: 220 2.0.0 Ready to start TLS
    -- start tls, 6 octets left
  )");
}

TEST_CASE("what was learned in clear text is forgotten after STARTTLS (RFC 3207 section 4.2)") {
  play(submission(), R"(
    C: STARTTLS now
    S: 501 5.5.4 This command takes no argument
    C: HELO client.example
    S: 250 mail.example
    C: STARTTLS
    S: 220 2.0.0 Ready to start TLS
    -- start tls, 0 octets left
    -- tls started
    C: AUTH LOGIN
    S: 503 5.5.1 Send EHLO first
    C: STARTTLS
    S: 503 5.5.1 TLS is active already
  )");
}

TEST_CASE("AUTH LOGIN asks for name and password, or takes the name with the command") {
  play(submissions(), R"(
    C: HELO client.example
    S: 250 mail.example
    C: AUTH LOGIN
    S: 503 5.5.1 Send EHLO first
    C: EHLO client.example
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-AUTH PLAIN LOGIN
    S: 250 ENHANCEDSTATUSCODES
    C: auth login
    S: 334 VXNlcm5hbWU6
    C: bWF4QGV4YW1wbGUub3Jn
    S: 334 UGFzc3dvcmQ6
    C: c2VjcmV0
    -- login max@example.org secret
    -- answer 535 5.7.8 Wrong
    S: 535 5.7.8 Wrong
    C: AUTH LOGIN bWF4QGV4YW1wbGUub3Jn
    S: 334 UGFzc3dvcmQ6
    C: c2VjcmV0
    -- login max@example.org secret
    -- answer 454 4.7.0 Not now
    S: 454 4.7.0 Not now
    C: AUTH PLAIN
    S: 334 
    C: AG1heEBleGFtcGxlLm9yZwBzZWNyZXQ=
    -- login max@example.org secret
    -- answer 235 2.7.0 Welcome
    S: 235 2.7.0 Welcome
    C: AUTH LOGIN
    S: 503 5.5.1 You have authenticated already
  )");
}

TEST_CASE("a token comes by XOAUTH2 or OAUTHBEARER, announced if both backends have it") {
  auto settings = submissions();
  settings.auth_of_backends.add("XOAUTH2");
  play(settings, R"(
    C: EHLO client.example
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-AUTH PLAIN LOGIN XOAUTH2
    S: 250 ENHANCEDSTATUSCODES
    C: AUTH XOAUTH2
    S: 334 
    C: dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    C: 
    -- login max user=max^auth=Bearer t^^
    -- refuse token eyJzdGF0dXMiOiI0MDAifQ== 535 5.7.8 Wrong
    S: 334 eyJzdGF0dXMiOiI0MDAifQ==
    S: 535 5.7.8 Wrong
    C: AUTH OAUTHBEARER bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB
    -- login max n,a=max,^auth=Bearer t^^
    -- answer 535 5.7.8 Wrong
    S: 334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
    C: AQ==
    S: 535 5.7.8 Wrong
    C: AUTH OAUTHBEARER bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB
    -- login max n,a=max,^auth=Bearer t^^
    -- answer 454 4.7.0 Later
    S: 454 4.7.0 Later
    C: AUTH OAUTHBEARER biwsAWF1dGg9QmVhcmVyIHQBAQ==
    S: 334 eyJzdGF0dXMiOiJpbnZhbGlkX3JlcXVlc3QifQ==
    C: AQ==
    S: 535 5.7.8 Authentication credentials invalid
    C: AUTH PLAIN Ym9zcwBtYXgAc2VjcmV0
    S: 535 5.7.8 Authentication credentials invalid
    C: AUTH XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    -- login max user=max^auth=Bearer t^^
    -- answer 235 2.7.0 Welcome
    S: 235 2.7.0 Welcome
  )");
}

TEST_CASE("a failed exchange keeps the connection") {
  play(submissions(), R"(
    C: EHLO client.example
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-AUTH PLAIN LOGIN
    S: 250 ENHANCEDSTATUSCODES
    C: AUTH
    S: 501 5.5.4 Syntax: AUTH mechanism [initial-response]
    C: AUTH CRAM-MD5
    S: 504 5.5.4 This mechanism is not offered
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: *
    S: 501 5.7.0 Authentication cancelled
    C: AUTH PLAIN =
    S: 501 5.5.2 Cannot decode the response
    C: AUTH PLAIN not-base64
    S: 501 5.5.2 Cannot decode the response
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: MAIL FROM:<max@example.org>
    S: 501 5.5.2 Cannot decode the response
    C: MAIL FROM:<max@example.org>
    S: 530 5.7.0 Authentication required
    C: NOOP
    S: 250 2.0.0 OK
  )");
}

TEST_CASE("nothing pipelined behind a login runs before its answer") {
  play(submissions(), R"(
    C: EHLO client.example
    C: AUTH PLAIN AG1heEBleGFtcGxlLm9yZwBzZWNyZXQ=
    C: MAIL FROM:<max@example.org>
    S: 250-mail.example
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-SIZE 1000
    S: 250-AUTH PLAIN LOGIN
    S: 250 ENHANCEDSTATUSCODES
    -- login max@example.org secret
    -- answer 535 5.7.8 Wrong
    S: 535 5.7.8 Wrong
    S: 530 5.7.0 Authentication required
  )");
}
