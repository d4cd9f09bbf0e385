#include "tests/transcripts/smtp/backend_transcript.hpp"

using namespace stellwerk;
using namespace stellwerk::smtp;
using namespace stellwerk::support;

namespace {

const backend_settings clear{"proxy.example"};
const backend_settings with_starttls{"proxy.example", backend_tls::starttls};
const backend_settings with_login{"proxy.example", backend_tls::implicit, {}, true};
const backend_settings with_xclient{"proxy.example", backend_tls::none,
                                    xclient_attributes{"192.0.2.1", 4321, "c.example", true}};

} // namespace

TEST_CASE("a backend in clear is greeted and ready") {
  play(clear, R"(
    -- awaits greeting
    -- may not send
    S: 220-new.example ESMTP
    S: 220 no spam
    C: EHLO proxy.example
    -- awaits EHLO
    S: 250-new.example
    S: 250 DSN
    -- ready, with DSN
    -- awaits nothing
    -- may send
  )");
}

TEST_CASE("features learned in clear text are forgotten after STARTTLS (RFC 3207 4.2)") {
  play(with_starttls, R"(
    S: 220 new.example ESMTP
    C: EHLO proxy.example
    S: 250-new.example
    S: 250-PIPELINING
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 go ahead
    -- tls started
    C: EHLO proxy.example
    S: 250 new.example
    -- ready, without PIPELINING
  )");
}

TEST_CASE("STARTTLS that is not offered, or refused, ends it: never on in clear") {
  play(with_starttls, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 PIPELINING
    -- gives up: starttls_not_offered
  )");
  play(with_starttls, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 STARTTLS
    C: STARTTLS
    S: 454 TLS not available
    -- gives up: starttls_refused
  )");
  play(with_starttls, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 502 what?
    -- gives up: ehlo_refused
  )");
}

TEST_CASE("octets behind the 220 to STARTTLS are never taken for TLS's") {
  play_whole(with_starttls, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 go ahead
    S: 250 injected
    -- gives up: octets_behind_starttls
  )");
  // The same a moment later, before TLS stands.
  backend_transcript{with_starttls, 1}.play(R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 go ahead
    S: 2
    -- start tls
    -- gives up: octets_behind_starttls
  )");
}

TEST_CASE("a greeting other than 220 ends it") {
  play(clear, "S: 554 no service\n-- gives up: bad_greeting");
  play(clear, "S: 450 later\n-- gives up: bad_greeting");
  play(clear, "S: 250 odd\n-- gives up: bad_greeting");
  play(clear, "S: 421 too busy\n-- gives up: shutting_down");
  play(clear, "S: * OK IMAP4rev1\n-- gives up: malformed_reply");
}

TEST_CASE("a backend that speaks before it is asked ends it") {
  play_whole(clear, R"(
    S: 220 new.example
    S: 250 already
    -- gives up: out_of_turn
  )");
  play(clear, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250 new.example
    -- ready
    S: 250 and more
    -- gives up: out_of_turn
  )");
}

TEST_CASE("HELO is for backends of which nothing is asked") {
  play(clear, R"(
    S: 220 ancient
    C: EHLO proxy.example
    S: 500 unknown command
    C: HELO proxy.example
    -- awaits HELO
    S: 250 ancient
    -- ready, without PIPELINING
  )");
  play(clear, R"(
    S: 220 ancient
    C: EHLO proxy.example
    S: 500 unknown command
    C: HELO proxy.example
    S: 550 go away
    -- gives up: ehlo_refused
  )");
  play(clear, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 451 not now
    -- gives up: ehlo_refused
  )");
  for (const auto& settings : {with_login, with_xclient})
    play(settings, R"(
      S: 220 ancient
      C: EHLO proxy.example
      S: 500 unknown command
      -- gives up: ehlo_refused
    )");
}

TEST_CASE("XCLIENT goes between two EHLOs, the second in the client's name") {
  play(with_xclient, R"(
    S: 220 old.example
    C: EHLO proxy.example
    S: 250-old.example
    S: 250-PIPELINING
    S: 250 XCLIENT NAME ADDR PORT PROTO HELO
    C: XCLIENT NAME=[TEMPUNAVAIL] ADDR=192.0.2.1 PORT=4321 PROTO=ESMTP HELO=c.example
    -- awaits XCLIENT
    S: 220 old.example
    C: EHLO c.example
    S: 250-old.example
    S: 250 XCLIENT NAME ADDR PORT PROTO HELO
    -- ready, without PIPELINING
  )");
  auto nameless = with_xclient;
  nameless.xclient->helo = "not a name";
  play(nameless, R"(
    S: 220 old.example
    C: EHLO proxy.example
    S: 250-old.example
    S: 250 XCLIENT ADDR HELO
    C: XCLIENT ADDR=192.0.2.1 HELO=not+20a+20name
    S: 220 old.example
    C: EHLO proxy.example
    S: 250 old.example
    -- ready
  )");
}

TEST_CASE("XCLIENT comes after STARTTLS and before AUTH") {
  auto all = with_xclient;
  all.tls = backend_tls::starttls;
  all.authenticates = true;
  all.xclient->address = "2001:db8::1";
  play(all, R"(
    S: 220 old.example
    C: EHLO proxy.example
    S: 250-old.example
    S: 250-XCLIENT ADDR
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 go ahead
    -- tls started
    C: EHLO proxy.example
    S: 250-old.example
    S: 250-AUTH PLAIN
    S: 250 XCLIENT ADDR
    C: XCLIENT ADDR=IPV6:2001:db8::1
    S: 220 old.example
    C: EHLO c.example
    S: 250-old.example
    S: 250 AUTH PLAIN
    -- ready, with PLAIN
    -- login max secret
    C (secret): AUTH PLAIN AG1heABzZWNyZXQ=
    S: 235 2.7.0 welcome
    -- AUTH answered 235
  )");
}

TEST_CASE("XCLIENT without a HELO that is too long for its line") {
  auto talkative = with_xclient;
  talkative.xclient->helo = std::string(480, 'h');
  play(talkative, R"(
    S: 220 old.example
    C: EHLO proxy.example
    S: 250-old.example
    S: 250 XCLIENT NAME ADDR HELO
    C: XCLIENT NAME=[TEMPUNAVAIL] ADDR=192.0.2.1 HELO=[UNAVAILABLE]
    S: 220 old.example
    C: EHLO proxy.example
    S: 250 old.example
    -- ready
  )");
}

TEST_CASE("XCLIENT that is not announced, or refused, ends it: never on without it") {
  for (const auto* const announced : {"PIPELINING", "XCLIENT", "XCLIENT NAME PORT HELO"})
    play(with_xclient, R"(
      S: 220 old.example
      C: EHLO proxy.example
      S: 250-old.example
      S: 250 )" + std::string{announced}
                           + R"(
      -- gives up: xclient_not_offered
    )");
  for (const auto* const refusal : {"550 not for you", "501 bad", "250 odd"})
    play(with_xclient, R"(
      S: 220 old.example
      C: EHLO proxy.example
      S: 250-old.example
      S: 250 XCLIENT ADDR
      C: XCLIENT ADDR=192.0.2.1
      S: )" + std::string{refusal}
                           + R"(
      -- gives up: xclient_refused
    )");
}

TEST_CASE("AUTH LOGIN where only that is offered") {
  play(with_login, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 AUTH=LOGIN CRAM-MD5
    -- ready
    -- login max secret
    C (secret): AUTH LOGIN
    -- awaits AUTH
    -- may not send
    S: 334 VXNlcm5hbWU6
    C (secret): bWF4
    S: 334 UGFzc3dvcmQ6
    C (secret): c2VjcmV0
    S: 535 5.7.8 no
    -- AUTH answered 535
    -- may send
    -- login max other
    C (secret): AUTH LOGIN
  )");
}

TEST_CASE("a backend without a mechanism of ours ends it") {
  play(with_login, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 AUTH CRAM-MD5 GSSAPI
    -- gives up: no_mechanism
  )");
}

TEST_CASE("an exchange that asks for more than we have is the backend's fault") {
  play(with_login, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 AUTH PLAIN
    -- ready
    -- login max secret
    C (secret): AUTH PLAIN AG1heABzZWNyZXQ=
    S: 334 more
    -- gives up: broken_exchange
  )");
  play(with_login, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 AUTH LOGIN
    -- ready
    -- login max secret
    C (secret): AUTH LOGIN
    S: 354 what
    -- gives up: broken_exchange
  )");
}

TEST_CASE("a token goes by its own mechanism, and the error behind it is kept") {
  play(with_login, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 AUTH XOAUTH2
    -- ready
    -- token max t
    C (secret): AUTH XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    S: 334 eyJzdGF0dXMiOiI0MDAifQ==
    C (secret): 
    S: 535 5.7.8 no
    -- AUTH answered 535
    -- error eyJzdGF0dXMiOiI0MDAifQ==
    -- token max t
    C (secret): AUTH XOAUTH2 dXNlcj1tYXgBYXV0aD1CZWFyZXIgdAEB
    S: 235 2.7.0 in
    -- AUTH answered 235
  )");
}

TEST_CASE("where the token's mechanism is missing there is nothing to send") {
  play(with_login, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 AUTH PLAIN OAUTHBEARER
    -- ready
    -- token max t
    -- cannot replay
  )");
}

TEST_CASE("credentials too long for the command's line wait for the challenge") {
  const std::string password(400, 'p');
  backend_dialogue dialogue{with_login};
  std::string_view input = "220 x\r\n";
  CHECK(std::holds_alternative<step::say>(dialogue.take(input)));
  input = "250-x\r\n250 AUTH PLAIN LOGIN\r\n";
  CHECK(std::holds_alternative<step::ready>(dialogue.take(input)));
  const auto first = dialogue.authenticate({"max", secret{password}});
  REQUIRE(first);
  CHECK(first->text == "AUTH PLAIN\r\n");
  input = "334 \r\n";
  const auto second = dialogue.take(input);
  REQUIRE(std::holds_alternative<step::say>(second));
  CHECK(std::get<step::say>(second).is_secret);
  CHECK(std::get<step::say>(second).text.starts_with("AG1heABw"));
  CHECK(std::get<step::say>(second).text.size() == 540 + 2);
}

TEST_CASE("a master where only AUTH LOGIN is offered, behind the user's own refusal") {
  play(with_login, R"(
    S: 220 new.example
    C: EHLO proxy.example
    S: 250-new.example
    S: 250 AUTH LOGIN
    -- ready
    -- login max secret
    C (secret): AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C (secret): bWF4
    S: 334 UGFzc3dvcmQ6
    C (secret): c2VjcmV0
    S: 535 5.7.8 no
    -- AUTH answered 535
    -- login max*carrier key
    C (secret): AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C (secret): bWF4KmNhcnJpZXI=
    S: 334 UGFzc3dvcmQ6
    C (secret): a2V5
    S: 235 2.7.0 in
    -- AUTH answered 235
  )");
}
