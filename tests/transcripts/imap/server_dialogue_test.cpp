#include "tests/transcripts/imap/play.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::imap;
using test::play;

namespace {

server_settings under_tls() {
  server_settings settings;
  settings.tls_active = true;
  settings.from_backends
      = capability_list::parse("IMAP4rev1 IDLE ENABLE LITERAL+ UNAUTHENTICATE");
  return settings;
}

server_settings in_clear() {
  auto settings = under_tls();
  settings.tls_active = false;
  return settings;
}

} // namespace

TEST_CASE("LOGIN with atoms, in any case") {
  play(under_tls(), R"(
    C: a1 login max@example.org pa%s*w]d\
    -- login clear max@example.org pa%s*w]d\
    -- accept OK [CAPABILITY IMAP4rev1] Welcome
    S: a1 OK [CAPABILITY IMAP4rev1] Welcome
  )");
}

TEST_CASE("LOGIN with quoted strings: escapes go, blanks and umlauts stay") {
  play(under_tls(), R"(
    C: A LOGIN "max" " p\"a\\s%s <FC> "
    -- login clear max  p"a\s%s <FC> 
    -- refuse [AUTHENTICATIONFAILED] Wrong.
    S: A NO [AUTHENTICATIONFAILED] Wrong.
  )");
}

TEST_CASE("LOGIN with synchronising literals") {
  play(under_tls(), R"(
    C: a.1 LOGIN {3}
    S: + OK
    C: max {6}
    S: + OK
    C: p<0D><0A>"<E4>)
    -- login clear max p<0D><0A>"<E4>)
  )");
}

TEST_CASE("LOGIN with literal+, and what follows waits for the backend") {
  play(under_tls(), R"(
    C+: a LOGIN {3+}
    C+: max {6+}
    C+: secret
    C+: b SELECT INBOX
    C: c NOOP
    -- login clear max secret
    -- accept OK in
    S: a OK in
    -- left b SELECT INBOX<0D><0A>c NOOP<0D><0A>
  )");
}

TEST_CASE("after a refused login the dialogue goes on, with what was pipelined") {
  play(under_tls(), R"(
    C+: a LOGIN max wrong
    C: b NOOP
    -- login clear max wrong
    -- refuse [] No.
    S: a NO No.
    S: b OK NOOP completed.
    C: c LOGIN max right
    -- login clear max right
  )");
}

TEST_CASE("AUTHENTICATE PLAIN with an initial response") {
  play(under_tls(), R"(
    C: a AUTHENTICATE PLAIN AG1heABzZWNyZXQ=
    -- login PLAIN max secret
  )");
}

TEST_CASE("AUTHENTICATE PLAIN without one") {
  play(under_tls(), R"(
    C: a authenticate plain
    S: + 
    C: AG1heABzZWNyZXQ=
    -- login PLAIN max secret
  )");
}

TEST_CASE("AUTHENTICATE LOGIN with and without the name in the first line") {
  play(under_tls(), R"(
    C: a AUTHENTICATE LOGIN
    S: + VXNlcm5hbWU6
    C: bWF4
    S: + UGFzc3dvcmQ6
    C: c2VjcmV0
    -- login LOGIN max secret
    -- refuse [UNAVAILABLE] Later.
    S: a NO [UNAVAILABLE] Later.
    C: b AUTHENTICATE LOGIN bWF4
    S: + UGFzc3dvcmQ6
    C: c2VjcmV0
    -- login LOGIN max secret
  )");
}

TEST_CASE("a cancelled or malformed exchange keeps the connection") {
  play(under_tls(), R"(
    C: a AUTHENTICATE PLAIN
    S: + 
    C: *
    S: a BAD Authentication cancelled.
    C: b AUTHENTICATE PLAIN =
    S: b BAD Malformed authentication exchange.
    C: c AUTHENTICATE PLAIN
    S: + 
    C: {5}
    S: c BAD Malformed authentication exchange.
    C: d AUTHENTICATE CRAM-MD5
    S: d NO [CANNOT] Unknown authentication mechanism.
    C: e AUTHENTICATE PLAIN Ym9zcwBtYXgAc2VjcmV0
    S: e NO [AUTHENTICATIONFAILED] Authentication failed.
    C: f NOOP
    S: f OK NOOP completed.
  )");
}

TEST_CASE("XOAUTH2 and OAUTHBEARER, with and without an initial response") {
  play(under_tls(), R"(
    C: a AUTHENTICATE XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    -- login XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    -- refuse [UNAVAILABLE] Later.
    S: a NO [UNAVAILABLE] Later.
    C: b AUTHENTICATE OAUTHBEARER
    S: + 
    C: bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB
    -- login OAUTHBEARER max n,a=max,<01>auth=Bearer t<01><01>
    -- accept OK in
    S: b OK in
  )");
}

TEST_CASE(
    "a refused token: the error, the client's answer, then NO, and the connection lives") {
  play(under_tls(), R"(
    C: a AUTHENTICATE OAUTHBEARER bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB
    -- login OAUTHBEARER max n,a=max,<01>auth=Bearer t<01><01>
    -- refuse token eyJzdGF0dXMiOiJleHBpcmVkIn0= [AUTHENTICATIONFAILED] No.
    S: + eyJzdGF0dXMiOiJleHBpcmVkIn0=
    C: AQ==
    S: a NO [AUTHENTICATIONFAILED] No.
    C: b AUTHENTICATE XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    -- login XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    -- refuse [] No.
    S: + eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=
    C: 
    S: b NO No.
    C: c AUTHENTICATE XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    -- login XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    -- refuse [AUTHENTICATIONFAILED] No.
    S: + eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=
    C: *
    S: c NO [AUTHENTICATIONFAILED] No.
    C: d AUTHENTICATE OAUTHBEARER biwsAWF1dGg9QmVhcmVyIHQBAQ==
    S: + eyJzdGF0dXMiOiJpbnZhbGlkX3JlcXVlc3QifQ==
    C: AQ==
    S: d NO [AUTHENTICATIONFAILED] Authentication failed.
    C: e LOGIN max secret
    -- login clear max secret
    -- refuse [AUTHENTICATIONFAILED] Wrong.
    S: e NO [AUTHENTICATIONFAILED] Wrong.
  )");
}

TEST_CASE("mechanisms for tokens are announced if both backends have them, under TLS only") {
  auto settings = under_tls();
  settings.from_backends = capability_list::parse("IMAP4rev1 AUTH=XOAUTH2 AUTH=CRAM-MD5");
  play(settings, R"(
    C: 1 CAPABILITY
    S: * CAPABILITY IMAP4rev1 SASL-IR ID AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2
    S: 1 OK CAPABILITY completed.
  )");
  settings.tls_active = false;
  play(settings, R"(
    C: 1 CAPABILITY
    S: * CAPABILITY IMAP4rev1 SASL-IR ID STARTTLS LOGINDISABLED
    S: 1 OK CAPABILITY completed.
    C: 2 AUTHENTICATE XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    S: 2 NO [PRIVACYREQUIRED] Log in under TLS only.
  )");
}

TEST_CASE("CAPABILITY, ID, NOOP and LOGOUT before login") {
  play(under_tls(), R"(
    C: 1 CAPABILITY
    S: * CAPABILITY IMAP4rev1 SASL-IR ID AUTH=PLAIN AUTH=LOGIN IDLE ENABLE LITERAL+
    S: 1 OK CAPABILITY completed.
    C: 2 ID NIL
    S: * ID ("name" "Stellwerk")
    S: 2 OK ID completed.
    C: 3 ID ("name" "Mail \"X\"" "version" {3}
    S: + OK
    C:  1 "os" NIL)
    S: 3 BAD ID needs NIL or a list of pairs.
    C: 4 id ("name" "Mail" "version" {2+}
    C: 12 "os" NIL)
    S: * ID ("name" "Stellwerk")
    S: 4 OK ID completed.
    C: 5 logout
    S: * BYE Logging out.
    S: 5 OK LOGOUT completed.
    -- close
  )");
}

TEST_CASE("without TLS no credentials are taken, a literal is not even asked for") {
  play(in_clear(), R"(
    C: 1 CAPABILITY
    S: * CAPABILITY IMAP4rev1 SASL-IR ID STARTTLS LOGINDISABLED IDLE ENABLE LITERAL+
    S: 1 OK CAPABILITY completed.
    C: 2 LOGIN max secret
    S: 2 NO [PRIVACYREQUIRED] Log in under TLS only.
    C: 3 LOGIN max {6}
    S: 3 NO [PRIVACYREQUIRED] Log in under TLS only.
    C: 4 LOGIN max {6+}
    C: secret
    S: 4 NO [PRIVACYREQUIRED] Log in under TLS only.
    C: 5 AUTHENTICATE PLAIN
    S: 5 NO [PRIVACYREQUIRED] Log in under TLS only.
    C: 6 AUTHENTICATE PLAIN AG1heABzZWNyZXQ=
    S: 6 NO [PRIVACYREQUIRED] Log in under TLS only.
    C: 7 STARTTLS
    S: 7 OK Begin TLS negotiation now.
    -- start tls
    -- tls started
    C: 8 STARTTLS
    S: 8 BAD TLS is active already.
    C: 9 LOGIN max secret
    -- login clear max secret
  )");
}

TEST_CASE("commands that make no sense are answered, the tenth ends the connection") {
  play(under_tls(), R"(
    C: 
    S: * BAD A command begins with a tag.
    C: a+b NOOP
    S: * BAD A command begins with a tag.
    C: a
    S: a BAD A command is missing.
    C: b SELECT INBOX
    S: b BAD Log in first.
    C: c APPEND INBOX {1000000}
    S: c BAD Log in first.
    C: d NOOP {3}
    S: d BAD This command has no arguments.
    C: e UNAUTHENTICATE
    S: e BAD Unknown command.
    C: f LOGIN max
    S: f BAD LOGIN needs a name and a password.
    C: g LOGIN "max "se"
    S: g BAD LOGIN needs a name and a password.
    C: h ENABLE CONDSTORE
    S: h BAD Log in first.
    S: * BYE Too many commands that make no sense.
    -- close
    C: i NOOP
  )");
}

TEST_CASE("names and passwords that may not be replayed fail without asking anyone") {
  play(under_tls(), R"(
    C: a LOGIN max ""
    S: a NO [AUTHENTICATIONFAILED] Name or password is empty or has control characters.
    C: b LOGIN "ma<09>x" secret
    S: b NO [AUTHENTICATIONFAILED] Name or password is empty or has control characters.
    C: c LOGIN max "sec<00>ret"
    S: c BAD LOGIN needs a name and a password.
  )");
}

TEST_CASE("literals beyond the limit: refused if the client waits, else the end") {
  play(under_tls(), R"(
    C: a LOGIN max {8193}
    S: a NO [TOOBIG] This literal is too long.
    C: b LOGIN {8000}
    S: + OK
    C-: x
  )");
  play(under_tls(), R"(
    C: b LOGIN max {8193+}
    S: * BYE [TOOBIG] This literal is too long before login.
    -- close
  )");
  play(under_tls(), R"(
    C: b LOGIN max {99999999999999999999}
    S: * BYE This line is too long.
    -- close
  )");
}

TEST_CASE("lines end in CRLF and have a limit") {
  play(under_tls(), R"(
    C-: a NOOP<0A>
    S: * BYE Lines must end in CRLF.
    -- close
  )");
  auto narrow = under_tls();
  narrow.max_line_octets = 20;
  play(narrow, R"(
    C: a LOGIN max 12345678
    S: * BYE This line is too long.
    -- close
  )");
  play(narrow, R"(
    C+: a LOGIN {3+}
    C: max 12345678
    S: * BYE This line is too long.
    -- close
  )");
}
