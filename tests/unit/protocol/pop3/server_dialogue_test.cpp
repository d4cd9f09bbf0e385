#include "protocol/pop3/server_dialogue.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::pop3;

namespace {

server_settings under_tls() {
  server_settings settings;
  settings.tls_active = true;
  return settings;
}

} // namespace

TEST_CASE("the greeting offers no APOP") {
  server_settings settings;
  settings.hostname = "mail.old.example";
  CHECK(server_dialogue{settings}.greeting() == "+OK mail.old.example ready.\r\n");
  CHECK(not_now("") == "-ERR [SYS/TEMP] Please connect again.\r\n");
}

TEST_CASE("octets in clear behind STLS are left for the session to see, never executed") {
  server_dialogue dialogue{server_settings{}};
  std::string_view input = "STLS\r\nCAPA\r\n";
  CHECK(std::holds_alternative<start_tls>(dialogue.take(input)));
  CHECK(input == "CAPA\r\n");
  CHECK(std::holds_alternative<close>(dialogue.take(input)));
  CHECK(std::holds_alternative<need_more>(dialogue.take(input)));
}

TEST_CASE("every octet that PASS and PLAIN can carry arrives as it is") {
  std::string all;
  for (int octet = 1; octet < 256; ++octet)
    if (octet != '\r' && octet != '\n')
      all += static_cast<char>(octet);
  server_dialogue dialogue{under_tls()};
  const auto commands = "USER max\r\nPASS " + all + "\r\n";
  std::string_view input = commands;
  CHECK(std::holds_alternative<say>(dialogue.take(input)));
  const auto event = dialogue.take(input);
  REQUIRE(std::holds_alternative<login>(event));
  CHECK(std::get<login>(event).credentials.password.view() == all);
}

TEST_CASE("inside a command from its first octet to its end") {
  server_dialogue dialogue{under_tls()};
  const auto take = [&](std::string_view octets) { (void)dialogue.take(octets); };
  CHECK_FALSE(dialogue.inside_command());
  take("CA");
  CHECK(dialogue.inside_command());
  take("PA\r\n");
  CHECK_FALSE(dialogue.inside_command());
  take("AUTH PLAIN\r\n");
  CHECK(dialogue.inside_command());
  take("AG1heABzZWNyZXQ=\r\n");
  CHECK_FALSE(dialogue.inside_command());
  CHECK(dialogue.login_refused("AUTH", "no") == "-ERR [AUTH] no\r\n");
  CHECK(dialogue.login_refused("AUTH", "no").empty());
  CHECK(dialogue.login_accepted("in").empty());
}

TEST_CASE("the name heard in clear is forgotten when TLS starts") {
  server_dialogue dialogue{under_tls()};
  std::string_view input = "USER max\r\n";
  (void)dialogue.take(input);
  dialogue.on_tls_started();
  input = "PASS secret\r\n";
  const auto event = dialogue.take(input);
  REQUIRE(std::holds_alternative<say>(event));
  CHECK(std::get<say>(event).text == "-ERR Send USER first.\r\n");
}

TEST_CASE("who tries to log in before TLS is known, as far as the client said") {
  server_dialogue dialogue{server_settings{}};
  const auto take = [&](std::string_view octets) { (void)dialogue.take(octets); };
  take("CAPA\r\n");
  take("AUTH\r\n");
  CHECK_FALSE(dialogue.tried_in_clear().has_value());
  take("AUTH PLAIN\r\n");
  CHECK(dialogue.tried_in_clear() == "");
  take("USER anna@example.org\r\n");
  take("PASS secret\r\n");
  CHECK(dialogue.tried_in_clear() == "anna@example.org");
}
