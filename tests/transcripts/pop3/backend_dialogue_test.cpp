#include "tests/transcripts/pop3/play.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::pop3;
using test::play;

namespace {

backend_settings with(backend_tls tls) {
  backend_settings settings;
  settings.tls = tls;
  return settings;
}

backend_settings with_client(backend_tls tls, std::string client) {
  auto settings = with(tls);
  settings.xclient = std::move(client);
  return settings;
}

constexpr const char* with_plain = R"(
    S: +OK Dovecot ready.
    C: CAPA
    S: +OK
    S: UIDL
    S: AUTH-RESP-CODE
    S: SASL PLAIN LOGIN
    S: .
    -- ready UIDL, AUTH-RESP-CODE, SASL PLAIN LOGIN
    -- log in max secret
    C: AUTH PLAIN
)";

} // namespace

TEST_CASE("AUTH PLAIN where it is offered; what follows the yes is the client's") {
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: + 
    C: AG1heABzZWNyZXQ=
    S+: +OK Logged in.
    S: +OK 3 120
    -- accepted Logged in.
    -- left +OK 3 120<0D><0A>
  )");
}

TEST_CASE("a timestamp in the greeting is an offer of APOP, and told as such") {
  play(with(backend_tls::starttls), R"(
    S: +OK ready <1896.697170952@old.example>
    C: CAPA
    S: +OK
    S: STLS
    S: .
    C: STLS
    S: +OK go
    -- start tls
    -- tls started
    C: CAPA
    S: -ERR what
    -- ready APOP
  )");
  play(with(backend_tls::implicit), R"(
    S: +OK <ready> at > once <
    C: CAPA
    S: +OK
    S: USER
    S: .
    -- ready USER
  )");
}

TEST_CASE("what was heard before STLS is forgotten") {
  play(with(backend_tls::starttls), R"(
    S: +OK ready
    C: CAPA
    S: +OK
    S: STLS
    S: SASL PLAIN
    S: .
    C: STLS
    S: +OK go
    -- start tls
    -- tls started
    C: CAPA
    S: +OK
    S: USER
    S: .
    -- ready USER
    -- log in max secret
    C: USER max
    S: +OK
    C: PASS secret
    S: +OK
    -- accepted 
  )");
}

TEST_CASE("STLS that is missing, refused or followed by clear octets") {
  play(with(backend_tls::starttls), R"(
    S: +OK ready
    C: CAPA
    S: -ERR what
    -- give up offers no STLS
  )");
  const std::string offered = R"(
    S: +OK ready
    C: CAPA
    S: +OK
    S: STLS
    S: .
    C: STLS
  )";
  play(with(backend_tls::starttls), offered + R"(
    S: -ERR no certificate
    -- give up refuses STLS: -ERR no certificate
  )");
  play(with(backend_tls::starttls), offered + R"(
    S: +OK go
    -- start tls
    S: +OK
    -- give up octets in clear behind STLS
  )");
}

TEST_CASE("a greeting that is none") {
  play(with(backend_tls::none), R"(
    S: -ERR [SYS/TEMP] full
    -- give up greets with -ERR [SYS/TEMP] full
  )");
  play(with(backend_tls::none), R"(
    S: 220 mail ESMTP
    -- give up greets with 220 mail ESMTP
  )");
  play(with(backend_tls::none), R"(
    S-: +OK hello<0A>
    -- give up a line without CRLF
  )");
}

TEST_CASE("a server without CAPA gets USER and PASS, every octet as it is") {
  play(with(backend_tls::none), R"(
    S: +OK qpopper ready
    C: CAPA
    S: -ERR Unknown command
    -- ready 
    -- log in m<FC>ller  p"a\s%s<01>
    C: USER m<FC>ller
    S: +OK Password required
    C: PASS  p"a\s%s<01>
    S: -ERR Password supplied is incorrect
    -- refused [] Password supplied is incorrect
    -- log in nobody secret
    C: USER nobody
    S: -ERR never heard of
    -- refused [] never heard of
    -- log in max a<0D>b
    -- give up offers no way to log in that we have
  )");
}

TEST_CASE("AUTH LOGIN carries what PASS cannot, and is the last resort") {
  play(with(backend_tls::implicit), R"(
    S: +OK ready
    C: CAPA
    S: +OK
    S: SASL LOGIN
    S: USER
    S: .
    -- ready SASL LOGIN, USER
    -- log in max a<0D>b
    C: AUTH LOGIN
    S: + VXNlcg==
    C: bWF4
    S: + 
    C: YQ1i
    S: +OK in
    -- accepted in
  )");
  play(with(backend_tls::implicit), R"(
    S: +OK ready
    C: CAPA
    S: +OK
    S: SASL CRAM-MD5
    S: .
    -- ready SASL CRAM-MD5
    -- log in max secret
    -- give up offers no way to log in that we have
  )");
}

TEST_CASE("who promises AUTH-RESP-CODE refuses a password with [AUTH] only") {
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: +
    C: AG1heABzZWNyZXQ=
    S: -ERR [AUTH] Wrong.
    -- refused [AUTH] Wrong.
    -- log in max secret
    C: AUTH PLAIN
    S: +
    C: AG1heABzZWNyZXQ=
    S: -ERR [IN-USE] Locked.
    -- refused [IN-USE] Locked.
    -- log in max secret
    C: AUTH PLAIN
    S: +
    C: AG1heABzZWNyZXQ=
    S: -ERR Disk full.
    -- refused [SYS/TEMP] Disk full.
  )");
}

TEST_CASE("a backend that has not had the password has judged nothing") {
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: -ERR mechanism is switched off
    -- unavailable answers before it has the password
  )");
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: +OK come in
    -- unavailable answers before it has the password
  )");
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: + 
    C: AG1heABzZWNyZXQ=
    S: + more
    C: *
    S: -ERR cancelled
    -- unavailable asks for more than the login
  )");
}

TEST_CASE("a probe says QUIT; nobody speaks out of turn") {
  play(with(backend_tls::none), R"(
    S: +OK ready
    C: CAPA
    S: -ERR
    -- ready 
    -- log out
    C: QUIT
    S: +OK bye
  )");
  play(with(backend_tls::none), R"(
    S: +OK ready
    C: CAPA
    S: -ERR
    -- ready 
    S: -ERR Disconnected for inactivity.
    -- give up speaks out of turn
  )");
}

TEST_CASE("a backend that talks without end is given up") {
  auto narrow = with(backend_tls::none);
  narrow.max_heard_octets = 40;
  narrow.max_line_octets = 20;
  play(narrow, R"(
    S: +OK 12345678901234567890
    -- give up an endless line
  )");
  play(narrow, R"(
    S: +OK ready
    C: CAPA
    S: +OK
    S: X-1234567890
    S: X-2345678901
    -- give up talks without end
  )");
}

TEST_CASE("a token goes by its own mechanism or not at all") {
  play(with(backend_tls::implicit), R"(
    S: +OK ready
    C: CAPA
    S: +OK
    S: USER
    S: SASL PLAIN OAUTHBEARER
    S: .
    -- ready USER, SASL PLAIN OAUTHBEARER
    -- log in with OAUTHBEARER max n,a=max,<01>auth=Bearer t<01><01>
    C: AUTH OAUTHBEARER
    S: + 
    C: bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB
    S: + eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
    C: AQ==
    S: -ERR [AUTH] No.
    -- token eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
    -- refused [AUTH] No.
    -- log in with XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    -- give up has no AUTH XOAUTH2
  )");
}

TEST_CASE("XCLIENT comes under TLS and before the login; the greeting announces it") {
  play(with_client(backend_tls::starttls, "ADDR=192.0.2.7 PORT=4711"), R"(
    S: +OK [XCLIENT] old ready.
    C: CAPA
    S: +OK
    S: STLS
    S: .
    C: STLS
    S: +OK go
    -- start tls
    -- tls started
    C: CAPA
    S: +OK
    S: USER
    S: .
    C: XCLIENT ADDR=192.0.2.7 PORT=4711
    S: +OK Updated
    -- ready USER
  )");
}

TEST_CASE("XCLIENT that CAPA announces; a connection of our own says nothing") {
  const std::string announced = R"(
    S: +OK old ready.
    C: CAPA
    S: +OK
    S: XCLIENT ADDR PORT
    S: USER
    S: .
  )";
  play(with_client(backend_tls::implicit, "ADDR=2001:db8::7 PORT=1"), announced + R"(
    C: XCLIENT ADDR=2001:db8::7 PORT=1
    S: +OK
    -- ready XCLIENT ADDR PORT, USER
  )");
  play(with_client(backend_tls::implicit, ""), announced + R"(
    -- ready XCLIENT ADDR PORT, USER
  )");
}

TEST_CASE("XCLIENT that is not announced, or refused, ends it: never on without it") {
  for (const auto* const client : {"ADDR=192.0.2.7 PORT=4711", ""})
    play(with_client(backend_tls::none, client), R"(
      S: +OK old ready.
      C: CAPA
      S: -ERR what
      -- give up offers no XCLIENT
    )");
  play(with_client(backend_tls::none, "ADDR=192.0.2.7 PORT=4711"), R"(
    S: +OK [XCLIENT] old ready.
    C: CAPA
    S: -ERR what
    C: XCLIENT ADDR=192.0.2.7 PORT=4711
    S: -ERR You are not from trusted IP
    -- give up refuses XCLIENT: -ERR You are not from trusted IP
  )");
}

TEST_CASE("a master where there is no SASL, behind the user's own refusal") {
  play(with(backend_tls::implicit), R"(
    S: +OK ready
    C: CAPA
    S: +OK
    S: USER
    S: .
    -- ready USER
    -- log in max secret
    C: USER max
    S: +OK
    C: PASS secret
    S: -ERR [AUTH] No.
    -- refused [AUTH] No.
    -- log in max*carrier key
    C: USER max*carrier
    S: +OK
    C: PASS key
    S: +OK Logged in.
    -- accepted Logged in.
    -- log out
    C: QUIT
  )");
}
