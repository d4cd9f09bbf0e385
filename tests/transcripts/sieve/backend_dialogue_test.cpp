#include "tests/transcripts/sieve/play.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::sieve;
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
    S: "SIEVE" "fileinto"
    S: "SASL" "PLAIN LOGIN"
    S: OK "Dovecot ready."
    -- ready SIEVE=fileinto, SASL=PLAIN LOGIN
    -- log in max secret
    C: AUTHENTICATE "PLAIN" "AG1heABzZWNyZXQ="
)";

} // namespace

TEST_CASE("PLAIN in one line; what follows the yes is the client's") {
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S+: OK "Logged in."
    S: OK "more"
    -- accepted Logged in.
    -- left OK "more"<0D><0A>
  )");
}

TEST_CASE("what was heard before STARTTLS is forgotten, what is told behind it holds") {
  play(with(backend_tls::starttls), R"(
    S: "SIEVE" "forged"
    S: "SASL" "PLAIN"
    S: "STARTTLS"
    S: OK
    C: STARTTLS
    S: OK "Begin."
    -- start tls
    -- tls started
    S: "SIEVE" {8}
    S: fileinto
    S: "SASL" "LOGIN"
    S: OK (TAG {3}
    S: a"b) "TLS."
    -- ready SIEVE=fileinto, SASL=LOGIN
    -- log in max secret
    C: AUTHENTICATE "LOGIN"
    S: "VXNlcm5hbWU6"
    C: "bWF4"
    S: {4}
    S: UGFz
    C: "c2VjcmV0"
    S: OK
    -- accepted 
  )");
}

TEST_CASE("STARTTLS that is missing, refused or followed by clear octets") {
  play(with(backend_tls::starttls), R"(
    S: "SASL" "PLAIN"
    S: OK
    -- give up offers no STARTTLS
  )");
  play(with(backend_tls::starttls), R"(
    S: "STARTTLS"
    S: OK
    C: STARTTLS
    S: NO "no certificate"
    -- give up refuses STARTTLS: NO "no certificate"
  )");
  play(with(backend_tls::starttls), R"(
    S: "STARTTLS"
    S: OK
    C: STARTTLS
    S: OK
    -- start tls
    S: "SASL" "PLAIN"
    -- give up octets in clear behind STARTTLS
  )");
}

TEST_CASE("a greeting that is none") {
  play(with(backend_tls::none), R"(
    S: BYE (TRYLATER) "full"
    -- give up greets with BYE (TRYLATER) "full"
  )");
  play(with(backend_tls::none), R"(
    S: * OK IMAP ready
    -- give up speaks out of turn
  )");
  play(with(backend_tls::none), R"(
    S: OK (TAG "x" y
    -- give up breaks the grammar
  )");
  play(with(backend_tls::none), R"(
    S-: OK<0A>
    -- give up a line without CRLF
  )");
}

TEST_CASE("a refusal with its code; a temporary one says nothing of the password") {
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: NO "Authentication failed."
    -- refused [] Authentication failed.
    -- log in max secret
    C: AUTHENTICATE "PLAIN" "AG1heABzZWNyZXQ="
    S: NO (TRYLATER) {9}
    S: Not (now)
    -- refused [TRYLATER] Not (now)
  )");
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: BYE "AG1heABzZWNyZXQ="
    -- unavailable says BYE to the login
  )");
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: NO (REFERRAL "sieve://elsewhere") "Try there."
    -- unavailable refers the login elsewhere
  )");
  play(with(backend_tls::implicit), std::string{with_plain} + R"(
    S: "more?"
    C: "*"
    S: NO "Cancelled."
    -- unavailable asks for more than the login
  )");
}

TEST_CASE("no mechanism that we have") {
  play(with(backend_tls::none), R"(
    S: "SASL" "CRAM-MD5"
    S: OK
    -- ready SASL=CRAM-MD5
    -- log in max secret
    -- give up offers no way to log in that we have
  )");
}

TEST_CASE("a probe logs out; nobody speaks out of turn") {
  play(with(backend_tls::none), R"(
    S: OK
    -- ready 
    -- log out
    C: LOGOUT
    S: OK "bye"
  )");
  play(with(backend_tls::none), R"(
    S: OK
    -- ready 
    S: BYE "inactive"
    -- give up speaks out of turn
  )");
}

TEST_CASE("a backend that talks without end is given up") {
  auto narrow = with(backend_tls::none);
  narrow.max_heard_octets = 40;
  narrow.max_line_octets = 20;
  play(narrow, R"(
    S: "SIEVE" "1234567890123456"
    -- give up an endless response
  )");
  play(narrow, R"(
    S: "SIEVE" {21}
    -- give up an endless response
  )");
  play(narrow, R"(
    S: "X1234567890123"
    S: "X1234567890123"
    S: "X1234567890123"
    -- give up talks without end
  )");
}

TEST_CASE("a token goes by its own mechanism or not at all") {
  play(with(backend_tls::implicit), R"(
    S: "SASL" "PLAIN OAUTHBEARER"
    S: OK
    -- ready SASL=PLAIN OAUTHBEARER
    -- log in with OAUTHBEARER max n,a=max,<01>auth=Bearer t<01><01>
    C: AUTHENTICATE "OAUTHBEARER" "bixhPW1heCwBYXV0aD1CZWFyZXIgdAEB"
    S: "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0="
    C: "AQ=="
    S: NO "No."
    -- token eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
    -- refused [] No.
    -- log in with XOAUTH2 max user=max<01>auth=Bearer t<01><01>
    -- give up has no XOAUTH2
  )");
}

TEST_CASE("XCLIENT comes under TLS and before the login") {
  play(with_client(backend_tls::starttls, "ADDR=192.0.2.7 PORT=4711"), R"(
    S: "STARTTLS"
    S: "XCLIENT"
    S: OK
    C: STARTTLS
    S: OK "Begin."
    -- start tls
    -- tls started
    S: "SASL" "PLAIN"
    S: "XCLIENT"
    S: OK "TLS."
    C: XCLIENT ADDR=192.0.2.7 PORT=4711
    S: OK "Updated"
    -- ready SASL=PLAIN, XCLIENT
  )");
  play(with_client(backend_tls::implicit, ""), R"(
    S: "SASL" "PLAIN"
    S: "XCLIENT"
    S: OK
    -- ready SASL=PLAIN, XCLIENT
  )");
}

TEST_CASE("XCLIENT that is not announced, or refused, ends it: never on without it") {
  for (const auto* const client : {"ADDR=192.0.2.7 PORT=4711", ""})
    play(with_client(backend_tls::implicit, client), R"(
      S: "SASL" "PLAIN"
      S: OK
      -- give up offers no XCLIENT
    )");
  play(with_client(backend_tls::starttls, "ADDR=192.0.2.7 PORT=4711"), R"(
    S: "STARTTLS"
    S: "XCLIENT"
    S: OK
    C: STARTTLS
    S: OK
    -- start tls
    -- tls started
    S: "SASL" "PLAIN"
    S: OK
    -- give up offers no XCLIENT
  )");
  play(with_client(backend_tls::none, "ADDR=192.0.2.7 PORT=4711"), R"(
    S: "SASL" "PLAIN"
    S: "XCLIENT"
    S: OK
    C: XCLIENT ADDR=192.0.2.7 PORT=4711
    S: NO "You are not from trusted IP"
    -- give up refuses XCLIENT: NO "You are not from trusted IP"
  )");
}
