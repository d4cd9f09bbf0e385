#include "tests/transcripts/sieve/play.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::sieve;
using test::play;

namespace {

server_settings under_tls() {
  server_settings settings;
  settings.tls_active = true;
  return settings;
}

} // namespace

TEST_CASE("in clear: STARTTLS is offered, no mechanism; under TLS all is told anew") {
  server_settings settings;
  settings.from_backends.add({"SIEVE", "fileinto vacation"});
  settings.from_backends.add({"VERSION", "1.0"});
  play(settings, R"(
    C: AUTHENTICATE "PLAIN" "AG1heABzZWNyZXQ="
    S: NO (ENCRYPT-NEEDED) "Log in under TLS only."
    C: capability
    S: "IMPLEMENTATION" "Stellwerk"
    S: "SIEVE" "fileinto vacation"
    S: "VERSION" "1.0"
    S: "SASL" ""
    S: "STARTTLS"
    S: OK "Capabilities told."
    C: STARTTLS
    S: OK "Begin TLS negotiation now."
    -- start tls
    -- tls started
    S: "IMPLEMENTATION" "Stellwerk"
    S: "SIEVE" "fileinto vacation"
    S: "VERSION" "1.0"
    S: "SASL" "PLAIN LOGIN"
    S: OK "TLS negotiation successful."
    C: STARTTLS
    S: NO "TLS is active already."
  )");
}

TEST_CASE("AUTHENTICATE: quoted, literal, in two, in three, cancelled") {
  play(under_tls(), R"(
    C: AUTHENTICATE "plain" "AG1heABzZWNyZXQ="
    -- login PLAIN max secret
    -- refuse [] Authentication failed.
    S: NO "Authentication failed."
    C: Authenticate "PLAIN" {16+}
    C: AG1heABzZWNyZXQ=
    -- login PLAIN max secret
    -- refuse [TRYLATER] Not now.
    S: NO (TRYLATER) "Not now."
    C: AUTHENTICATE {5+}
    C: PLAIN
    S: ""
    C: {16+}
    C: AG1heABzZWNyZXQ=
    -- login PLAIN max secret
    -- refuse [] 
    S: NO "Login refused."
    C: AUTHENTICATE "LOGIN"
    S: "VXNlcm5hbWU6"
    C: "bWF4"
    S: "UGFzc3dvcmQ6"
    C: "*"
    S: NO "Authentication cancelled."
    C: AUTHENTICATE "PLAIN"
    S: ""
    C: AG1heABzZWNyZXQ=
    S: NO "An answer to a challenge is a string."
    C+: AUTHENTICATE "PLAIN" "AG1heABzZWNyZXQ="
    C: LISTSCRIPTS
    -- login PLAIN max secret
    -- accept Logged in.
    S: OK "Logged in."
    -- left LISTSCRIPTS<0D><0A>
  )");
}

TEST_CASE("NOOP answers its tag, LOGOUT closes") {
  play(under_tls(), R"(
    C: NOOP
    S: OK "Done."
    C: NOOP "STARTTLS-SYNC-42"
    S: OK (TAG "STARTTLS-SYNC-42") "Done."
    C: noop {3+}
    C: <FC>"x
    S: OK (TAG {3}
    S: <FC>"x) "Done."
    C: NOOP x
    S: NO "NOOP takes one string."
    C: LOGOUT
    S: OK "Bye."
    -- close
  )");
}

TEST_CASE("what belongs behind the login is refused before it, UNAUTHENTICATE is unknown") {
  play(under_tls(), R"(
    C: HAVESPACE "x" 10
    S: NO "Log in first."
    C: PUTSCRIPT "x" {7+}
    C: keep;
    C: 
    S: NO "Log in first."
    C: UNAUTHENTICATE
    S: NO "Unknown command."
    C: AUTHENTICATE PLAIN
    S: NO "AUTHENTICATE needs a mechanism in quotes."
    C: AUTHENTICATE "PLAIN" x
    S: NO "AUTHENTICATE needs a mechanism, and maybe a response, in quotes."
    C: AUTHENTICATE "CRAM-MD5"
    S: NO "Unknown authentication mechanism."
    C: AUTHENTICATE "PLAIN" "!"
    S: NO "Malformed authentication exchange."
    C: LOGOUT now
    S: NO "This command has no arguments."
  )");
}

TEST_CASE("literals that wait or are too long, and lines that are none, end it") {
  auto settings = under_tls();
  settings.max_literal_octets = 10;
  settings.max_bad_commands = 2;
  play(settings, R"(
    C: AUTHENTICATE "PLAIN" {16}
    S: BYE "A literal is announced as {5+} here."
    -- close
  )");
  play(settings, R"(
    C: AUTHENTICATE "PLAIN" {16+}
    S: BYE "This literal is too long before login."
    -- close
  )");
  play(settings, R"(
    C-: NOOP<0A>
    S: BYE "Lines must end in CRLF."
    -- close
  )");
  play(settings, R"(
    C: GET / HTTP/1.1
    S: NO "Unknown command."
    C: Host: x
    S: BYE "Too many commands that make no sense."
    -- close
  )");
}

TEST_CASE("octets in clear behind STARTTLS close the connection") {
  play(server_settings{}, R"(
    C: STARTTLS
    S: OK "Begin TLS negotiation now."
    -- start tls
    C: NOOP
    -- close
  )");
}

TEST_CASE("tokens: announced if both backends have them; refused, the error comes first") {
  auto settings = under_tls();
  settings.from_backends.add({"SASL", "PLAIN XOAUTH2 CRAM-MD5"});
  play(settings, R"(
    C: CAPABILITY
    S: "IMPLEMENTATION" "Stellwerk"
    S: "SIEVE" ""
    S: "SASL" "PLAIN LOGIN XOAUTH2"
    S: OK "Capabilities told."
    C: AUTHENTICATE "OAUTHBEARER" "bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB"
    -- login OAUTHBEARER max n,a=max,<01>auth=Bearer t<01><01>
    -- refuse token eyJzdGF0dXMiOiJleHBpcmVkIn0= [] No.
    S: "eyJzdGF0dXMiOiJleHBpcmVkIn0="
    C: {4+}
    C: AQ==
    S: NO "No."
    C: AUTHENTICATE "XOAUTH2" "dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB"
    -- login XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    -- refuse [TRYLATER] Not now.
    S: NO (TRYLATER) "Not now."
    C: AUTHENTICATE "PLAIN" "b3RoZXIAbWF4AHNlY3JldA=="
    S: NO "Authentication failed."
  )");
}
