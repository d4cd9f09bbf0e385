#include "tests/transcripts/pop3/play.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::pop3;
using test::play;

namespace {

server_settings under_tls() {
  server_settings settings;
  settings.tls_active = true;
  return settings;
}

} // namespace

TEST_CASE("in clear: STLS is offered, credentials are refused before the password comes") {
  play(server_settings{}, R"(
    C: CAPA
    S: +OK Capability list follows.
    S: RESP-CODES
    S: AUTH-RESP-CODE
    S: STLS
    S: .
    C: USER max
    S: -ERR [SYS/PERM] Log in under TLS only.
    C: PASS secret
    S: -ERR [SYS/PERM] Log in under TLS only.
    C: AUTH PLAIN AG1heABzZWNyZXQ=
    S: -ERR [SYS/PERM] Log in under TLS only.
    C: auth
    S: +OK
    S: .
    C: stls
    S: +OK Begin TLS negotiation now.
    -- start tls
    -- tls started
    C: STLS
    S: -ERR TLS is active already.
    C: CAPA
    S: +OK Capability list follows.
    S: RESP-CODES
    S: AUTH-RESP-CODE
    S: USER
    S: SASL PLAIN LOGIN
    S: .
  )");
}

TEST_CASE("what both backends have is announced first, what is ours to say is not theirs") {
  auto settings = under_tls();
  for (const auto* line : {"TOP", "UIDL", "PIPELINING", "EXPIRE NEVER", "STLS", "UTF8", "XOIP",
                           "SASL CRAM-MD5", "IMPLEMENTATION other"})
    settings.from_backends.add(line);
  play(settings, R"(
    C: CAPA
    S: +OK Capability list follows.
    S: TOP
    S: UIDL
    S: PIPELINING
    S: EXPIRE NEVER
    S: RESP-CODES
    S: AUTH-RESP-CODE
    S: USER
    S: SASL PLAIN LOGIN
    S: .
  )");
}

TEST_CASE("USER and PASS; the password is all behind the first blank") {
  play(under_tls(), R"(
    C: USER max@example.org
    S: +OK Send PASS.
    C: PASS  p "a\s%s<FC> 
    -- login clear max@example.org  p "a\s%s<FC> 
    -- refuse [AUTH] Authentication failed.
    S: -ERR [AUTH] Authentication failed.
    C: PASS again
    S: -ERR Send USER first.
    C: USER other
    S: +OK Send PASS.
    C: CAPA x
    S: -ERR This command has no arguments.
    C: pass secret
    -- login clear other secret
    -- refuse [SYS/TEMP] Not now.
    S: -ERR [SYS/TEMP] Not now.
    C: USER
    S: -ERR USER needs a name.
    C: USER x
    S: +OK Send PASS.
    C: PASS
    S: -ERR [AUTH] Name or password is empty or has control characters.
  )");
}

TEST_CASE("commands pipelined behind the login wait for the backend") {
  play(under_tls(), R"(
    C+: USER max
    C+: PASS secret
    C+: STAT
    C: UIDL
    S: +OK Send PASS.
    -- login clear max secret
    -- accept Logged in.
    S: +OK Logged in.
    -- left STAT<0D><0A>UIDL<0D><0A>
  )");
}

TEST_CASE("AUTH with and without initial response, cancelled, malformed") {
  play(under_tls(), R"(
    C: AUTH PLAIN AG1heABzZWNyZXQ=
    -- login PLAIN max secret
    -- refuse [AUTH] no
    S: -ERR [AUTH] no
    C: auth plain
    S: + 
    C: AG1heABzZWNyZXQ=
    -- login PLAIN max secret
    -- refuse [] 
    S: -ERR Login refused.
    C: AUTH LOGIN
    S: + VXNlcm5hbWU6
    C: bWF4
    S: + UGFzc3dvcmQ6
    C: *
    S: -ERR Authentication cancelled.
    C: AUTH LOGIN bWF4
    S: + UGFzc3dvcmQ6
    C: c2VjcmV0
    -- login LOGIN max secret
    -- refuse [AUTH] no
    S: -ERR [AUTH] no
    C: AUTH PLAIN !
    S: -ERR Malformed authentication exchange.
    C: AUTH CRAM-MD5
    S: -ERR Unknown authentication mechanism.
    C: AUTH
    S: +OK
    S: PLAIN
    S: LOGIN
    S: .
    C: QUIT
    S: +OK Bye.
    -- close
  )");
}

TEST_CASE("what belongs behind the login is refused before it") {
  play(under_tls(), R"(
    C: NOOP
    S: -ERR Log in first.
    C: STAT
    S: -ERR Log in first.
    C: APOP max c4c9334bac560ecc979e58001b3e22fb
    S: -ERR Unknown command.
    C: 
    S: -ERR A command is missing.
  )");
}

TEST_CASE("too many commands that make no sense, and lines that are none, end it") {
  auto settings = under_tls();
  settings.max_bad_commands = 2;
  settings.max_line_octets = 20;
  play(settings, R"(
    C: GET /
    S: -ERR Unknown command.
    C: Host: x
    S: -ERR Unknown command.
    -- close
  )");
  play(settings, R"(
    C: CAPA 12345678901234567890
    S: -ERR This line is too long.
    -- close
  )");
  play(settings, R"(
    C-: CAPA<0A>
    S: -ERR Lines must end in CRLF.
    -- close
  )");
}

TEST_CASE("octets in clear behind STLS close the connection") {
  play(server_settings{}, R"(
    C: STLS
    S: +OK Begin TLS negotiation now.
    -- start tls
    C: USER max
    -- close
  )");
}

TEST_CASE("mechanisms for tokens are announced if both backends have them, under TLS only") {
  auto settings = under_tls();
  settings.from_backends.add("SASL PLAIN XOAUTH2 CRAM-MD5");
  play(settings, R"(
    C: CAPA
    S: +OK Capability list follows.
    S: RESP-CODES
    S: AUTH-RESP-CODE
    S: USER
    S: SASL PLAIN LOGIN XOAUTH2
    S: .
    C: AUTH
    S: +OK
    S: PLAIN
    S: LOGIN
    S: XOAUTH2
    S: .
  )");
  settings.tls_active = false;
  play(settings, R"(
    C: AUTH
    S: +OK
    S: .
  )");
}

TEST_CASE(
    "a refused token: the error, the client's answer, then -ERR, and the connection lives") {
  play(under_tls(), R"(
    C: AUTH OAUTHBEARER bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB
    -- login OAUTHBEARER max n,a=max,<01>auth=Bearer t<01><01>
    -- refuse token eyJzdGF0dXMiOiJleHBpcmVkIn0= [AUTH] No.
    S: + eyJzdGF0dXMiOiJleHBpcmVkIn0=
    C: AQ==
    S: -ERR [AUTH] No.
    C: AUTH XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    -- login XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    -- refuse [SYS/TEMP] Not now.
    S: -ERR [SYS/TEMP] Not now.
    C: AUTH PLAIN b3RoZXIAbWF4AHNlY3JldA==
    S: -ERR [AUTH] Authentication failed.
  )");
}
