#include "protocol/base/base64.hpp"
#include "tests/transcripts/imap/play.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::imap;
using test::play;

namespace {

backend_settings with(backend_tls tls) {
  backend_settings settings;
  settings.tls = tls;
  return settings;
}

backend_settings with_address() {
  auto settings = with(backend_tls::implicit);
  settings.id_fields = {{"x-originating-ip", "192.0.2.7"}, {"x-originating-port", "4711"}};
  return settings;
}

} // namespace

TEST_CASE("PLAIN in one line where SASL-IR is offered") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] Dovecot ready.
    -- ready IMAP4rev1 SASL-IR AUTH=PLAIN
    -- log in max secret
    C: s1 AUTHENTICATE PLAIN AG1heABzZWNyZXQ=
    S+: s1 OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN UNAUTHENTICATE] Logged in
    S: * 3 EXISTS
    -- accepted OK [CAPABILITY IMAP4rev1 IDLE] Logged in
    -- left * 3 EXISTS<0D><0A>
  )");
}

TEST_CASE("PLAIN in two where it is not; capabilities are asked for") {
  play(with(backend_tls::none), R"(
    S: * OK ready
    C: s1 CAPABILITY
    S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
    S: s1 OK done
    -- ready IMAP4rev1 AUTH=PLAIN
    -- log in max secret
    C: s2 AUTHENTICATE PLAIN
    S: +
    C: AG1heABzZWNyZXQ=
    S: s2 OK in
    C: s3 CAPABILITY
    S: * CAPABILITY IMAP4rev1 IDLE LITERAL+
    S: s3 OK done
    -- accepted OK [CAPABILITY IMAP4rev1 IDLE LITERAL+] in
  )");
}

TEST_CASE("what was heard before STARTTLS is forgotten") {
  play(with(backend_tls::starttls), R"(
    S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR] forged
    C: s1 STARTTLS
    S: s1 OK go
    -- start tls
    -- tls started
    C: s2 CAPABILITY
    S: * CAPABILITY IMAP4rev1
    S: s2 OK done
    -- ready IMAP4rev1
    -- log in max secret
    C: s3 LOGIN "max" "secret"
  )");
}

TEST_CASE("STARTTLS that is missing, refused or followed by clear octets") {
  play(with(backend_tls::starttls), R"(
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
    -- give up offers no STARTTLS
  )");
  play(with(backend_tls::starttls), R"(
    S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
    C: s1 STARTTLS
    S: s1 NO no certificate
    -- give up refuses STARTTLS: NO no certificate
  )");
  play(with(backend_tls::starttls), R"(
    S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
    C: s1 STARTTLS
    S: s1 OK go
    -- start tls
    S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
    -- give up octets in clear behind STARTTLS
  )");
}

TEST_CASE("a greeting that is none") {
  play(with(backend_tls::none), R"(
    S: * PREAUTH welcome
    -- give up greets with PREAUTH welcome
  )");
  play(with(backend_tls::none), R"(
    S: * BYE full
    -- give up greets with BYE full
  )");
  play(with(backend_tls::none), R"(
    S: 220 mail ESMTP
    -- give up speaks out of turn
  )");
  play(with(backend_tls::none), R"(
    S-: * OK hello<0A>
    -- give up a line without CRLF
  )");
  auto narrow = with(backend_tls::none);
  narrow.max_line_octets = 20;
  play(narrow, R"(
    S: * OK 1234567890123456
    -- give up an endless response
  )");
}

TEST_CASE("LOGIN quotes what can be quoted and sends the rest as literals") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1] ready
    -- ready IMAP4rev1
    -- log in max  p"a\s%s 
    C: s1 LOGIN "max" " p\"a\\s%s "
    S: s1 NO [AUTHENTICATIONFAILED] Wrong.
    -- refused [AUTHENTICATIONFAILED] Wrong.
    -- log in m<FC>ller <E4> x
    C: s2 LOGIN {6}
    S: + go
    C: m<FC>ller {3}
    S: + go
    C: <E4> x
    S: s2 OK [CAPABILITY IMAP4rev1] in
    -- accepted OK [CAPABILITY IMAP4rev1] in
  )");
}

TEST_CASE("literals need no `+` where LITERAL+ is offered") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1 LITERAL+] ready
    -- ready IMAP4rev1 LITERAL+
    -- log in m<FC>ller secret
    C: s1 LOGIN {6+}
    C: m<FC>ller "secret"
  )");
}

TEST_CASE("AUTHENTICATE LOGIN is the last resort, whatever the prompts say") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN SASL-IR] ready
    -- ready IMAP4rev1 LOGINDISABLED AUTH=LOGIN SASL-IR
    -- log in max secret
    C: s1 AUTHENTICATE LOGIN
    S: + VXNlciBOYW1lAA==
    C: bWF4
    S: + UGFzc3dvcmQA
    C: c2VjcmV0
    S: s1 OK [CAPABILITY IMAP4rev1] in
    -- accepted OK [CAPABILITY IMAP4rev1] in
  )");
  play(with(backend_tls::none), R"(
    S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] ready
    -- ready IMAP4rev1 LOGINDISABLED AUTH=GSSAPI
    -- log in max secret
    -- give up offers no way to log in that we have
  )");
}

TEST_CASE("a token goes by its own mechanism, with and without SASL-IR") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2] ready
    -- ready IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2
    -- log in with XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    C: s1 AUTHENTICATE XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    S: s1 OK [CAPABILITY IMAP4rev1] in
    -- accepted OK [CAPABILITY IMAP4rev1] in
  )");
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER] ready
    -- ready IMAP4rev1 AUTH=OAUTHBEARER
    -- log in with OAUTHBEARER max n,a=max,<01>auth=Bearer t<01><01>
    C: s1 AUTHENTICATE OAUTHBEARER
    S: + 
    C: bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB
    S: + eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
    C: AQ==
    S: s1 NO [AUTHENTICATIONFAILED] No.
    -- token eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
    -- refused [AUTHENTICATIONFAILED] No.
    -- log in with OAUTHBEARER maxim n,a=max,<01>auth=Bearer t<01><01>
    C: s2 AUTHENTICATE OAUTHBEARER
    S: + 
    C: bixhPW1heGltLAFhdXRoPUJlYXJlciB0AQE=
    S: s2 NO No.
    -- refused [] No.
  )");
}

TEST_CASE("a backend without the token's mechanism has judged nothing") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=OAUTHBEARER] ready
    -- ready IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=OAUTHBEARER
    -- log in with XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    -- give up has no AUTH=XOAUTH2
  )");
}

TEST_CASE("a token too long for the command's line waits for the go-ahead") {
  const std::string token(2000, 't');
  const std::string message = "user=max\x01"
                              "auth=Bearer "
                              + token + "\x01\x01";
  backend_dialogue dialogue{with(backend_tls::implicit)};
  std::string_view input = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\r\n";
  CHECK(std::holds_alternative<ready_for_login>(dialogue.take(input)));
  const auto first = dialogue.login(
      {"max", stellwerk::secret{message}, {}, stellwerk::sasl::mechanism::xoauth2});
  REQUIRE(std::holds_alternative<say>(first));
  CHECK(std::get<say>(first).text == "s1 AUTHENTICATE XOAUTH2\r\n");
  input = "+ \r\n";
  const auto second = dialogue.take(input);
  REQUIRE(std::holds_alternative<say>(second));
  CHECK(std::get<say>(second).text == stellwerk::encode_base64(message) + "\r\n");
}

TEST_CASE(
    "untagged data before the tagged OK is passed on, capabilities without what is ours") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
    -- ready IMAP4rev1 AUTH=PLAIN SASL-IR
    -- log in max secret
    C: s1 AUTHENTICATE PLAIN AG1heABzZWNyZXQ=
    S: * OK [ALERT] Quota nearly full {3}
    S: * CAPABILITY IMAP4rev1 STARTTLS IDLE LOGIN-REFERRALS
    S: * NAMESPACE ({3}
    S: abc)
    S: s1 OK [ALERT] in
    -- passes * OK [ALERT] Quota nearly full {3}
    -- passes * NAMESPACE ({3}
    -- passes abc)
    -- passes * CAPABILITY IMAP4rev1 IDLE
    -- accepted OK [ALERT] in
  )");
}

TEST_CASE("a backend that will not tell its capabilities, and says OK without text") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1] ready
    -- ready IMAP4rev1
    -- log in max secret
    C: s1 LOGIN "max" "secret"
    S: s1 OK
    C: s2 CAPABILITY
    S: s2 NO not now
    -- accepted OK Logged in.
  )");
}

TEST_CASE("a temporary fault is never a failed login") {
  const auto greeting = std::string{R"(
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
    -- ready IMAP4rev1 AUTH=PLAIN
    -- log in max secret
    C: s1 AUTHENTICATE PLAIN
  )"};
  play(with(backend_tls::implicit), greeting + R"(
    S: * BYE secret
    -- unavailable says BYE to the login
  )");
  play(with(backend_tls::implicit), greeting + R"(
    S: s1 NO mechanism is switched off
    -- unavailable answers before it has the password
  )");
  play(with(backend_tls::implicit), greeting + R"(
    S: s1 OK come in
    -- unavailable answers before it has the password
  )");
  play(with(backend_tls::implicit), greeting + R"(
    S: + 
    C: AG1heABzZWNyZXQ=
    S: s1 BAD AG1heABzZWNyZXQ=
    -- unavailable says BAD to the login
  )");
  play(with(backend_tls::implicit), greeting + R"(
    S: + 
    C: AG1heABzZWNyZXQ=
    S: + more
    C: *
    S: s1 NO cancelled
    -- unavailable answers before it has the password
  )");
  play(with(backend_tls::implicit), greeting + R"(
    S: + 
    C: AG1heABzZWNyZXQ=
    S: s1 NO [REFERRAL imap://elsewhere/] Try there.
    -- refused [] Try there.
  )");
}

TEST_CASE("the client's address is told by ID before the login, or nothing is") {
  play(with_address(), R"(
    S: * OK [CAPABILITY IMAP4rev1 ID AUTH=PLAIN SASL-IR] ready
    C: s1 ID ("x-originating-ip" "192.0.2.7" "x-originating-port" "4711")
    S: * ID ("name" "Dovecot")
    S: s1 OK done
    -- ready IMAP4rev1 ID AUTH=PLAIN SASL-IR
  )");
  play(with_address(), R"(
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
    -- give up has no ID for the client's address
  )");
  play(with_address(), R"(
    S: * OK [CAPABILITY IMAP4rev1 ID] ready
    C: s1 ID ("x-originating-ip" "192.0.2.7" "x-originating-port" "4711")
    S: s1 BAD what
    -- give up refuses ID: BAD what
  )");
}

TEST_CASE("a probe logs out politely") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1] ready
    -- ready IMAP4rev1
    -- log out
    C: s1 LOGOUT
    S: * BYE bye
    S: s1 OK bye
  )");
}

TEST_CASE("a backend that talks without end is given up") {
  auto narrow = with(backend_tls::implicit);
  narrow.max_untagged_octets = 100;
  play(narrow, R"(
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
    -- ready IMAP4rev1 AUTH=PLAIN SASL-IR
    -- log in max secret
    C: s1 AUTHENTICATE PLAIN AG1heABzZWNyZXQ=
    S: * OK 12345678901234567890123456789012345678901234567890
    S: * OK 12345678901234567890123456789012345678901234567890
    -- unavailable talks without end
  )");
  play(narrow, R"(
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
    -- ready IMAP4rev1 AUTH=PLAIN SASL-IR
    S: * X {101}
    -- give up an endless response
  )");
}

TEST_CASE("a master where only LOGIN is offered, behind the user's own refusal") {
  play(with(backend_tls::implicit), R"(
    S: * OK [CAPABILITY IMAP4rev1] ready
    -- ready IMAP4rev1
    -- log in max secret
    C: s1 LOGIN "max" "secret"
    S: s1 NO [AUTHENTICATIONFAILED] No.
    -- refused [AUTHENTICATIONFAILED] No.
    -- log in max*carrier key
    C: s2 LOGIN "max*carrier" "key"
    S: s2 OK [CAPABILITY IMAP4rev1 IDLE] Logged in
    -- accepted OK [CAPABILITY IMAP4rev1 IDLE] Logged in
    -- log out
    C: s3 LOGOUT
  )");
}
