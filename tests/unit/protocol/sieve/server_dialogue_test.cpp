#include "protocol/sieve/server_dialogue.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::sieve;

TEST_CASE("the greeting tells the capabilities") {
  server_settings settings;
  settings.hostname = "mail.old.example";
  CHECK(server_dialogue{settings}.greeting()
        == "\"IMPLEMENTATION\" \"Stellwerk\"\r\n\"SIEVE\" \"\"\r\n\"SASL\" \"\"\r\n"
           "\"STARTTLS\"\r\nOK \"mail.old.example ready.\"\r\n");
  CHECK(bye("") == "BYE (TRYLATER) \"Please connect again.\"\r\n");
}

TEST_CASE("octets in clear behind STARTTLS are left for the session to see, never executed") {
  server_dialogue dialogue{server_settings{}};
  std::string_view input = "STARTTLS\r\nNOOP\r\n";
  CHECK(std::holds_alternative<start_tls>(dialogue.take(input)));
  CHECK(input == "NOOP\r\n");
  const auto event = dialogue.take(input);
  REQUIRE(std::holds_alternative<close>(event));
  CHECK(std::get<close>(event).text.empty());
  CHECK(std::holds_alternative<need_more>(dialogue.take(input)));
}

TEST_CASE("inside a command from its first octet to its end") {
  server_settings settings;
  settings.tls_active = true;
  server_dialogue dialogue{settings};
  const auto take = [&](std::string_view octets) { (void)dialogue.take(octets); };
  CHECK_FALSE(dialogue.inside_command());
  take("NOOP {3+}\r\n");
  CHECK(dialogue.inside_command());
  take("max");
  CHECK(dialogue.inside_command());
  take("\r\n");
  CHECK_FALSE(dialogue.inside_command());
  take("AUTHENTICATE \"PLAIN\"\r\n");
  CHECK(dialogue.inside_command());
  take("\"AG1heABzZWNyZXQ=\"\r\n");
  CHECK_FALSE(dialogue.inside_command());
  CHECK(dialogue.login_refused("", "") == "NO \"Login refused.\"\r\n");
  CHECK(dialogue.login_refused("", "").empty());
  CHECK(dialogue.login_accepted("in").empty());
}

TEST_CASE("that somebody tries to log in before TLS is known") {
  server_dialogue dialogue{server_settings{}};
  const auto take = [&](std::string_view octets) { (void)dialogue.take(octets); };
  take("NOOP\r\n");
  CHECK_FALSE(dialogue.tried_in_clear().has_value());
  take("AUTHENTICATE \"PLAIN\" \"AGFubmEAc2VjcmV0\"\r\n");
  CHECK(dialogue.tried_in_clear() == "");
}
