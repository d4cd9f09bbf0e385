#include "protocol/imap/backend_dialogue.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::imap;

TEST_CASE("clear octets in one piece with the OK to STARTTLS are an injection") {
  backend_settings settings;
  settings.tls = backend_tls::starttls;
  backend_dialogue dialogue{settings};
  std::string_view input = "* OK [CAPABILITY STARTTLS] ready\r\n";
  CHECK(std::holds_alternative<say>(dialogue.take(input)));
  CHECK(dialogue.awaited() == "starttls");
  input = "s1 OK go\r\n* CAPABILITY AUTH=PLAIN\r\n";
  CHECK(std::holds_alternative<give_up>(dialogue.take(input)));
  CHECK(std::holds_alternative<need_more>(dialogue.take(input)));
}

TEST_CASE("to act as another takes PLAIN") {
  const sasl::credentials master{"master", secret{"key"}, "max", sasl::mechanism::plain};
  std::string_view input = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n";
  backend_dialogue able{{}};
  CHECK(std::holds_alternative<ready_for_login>(able.take(input)));
  const auto step = able.login(master);
  REQUIRE(std::holds_alternative<say>(step));
  CHECK(std::get<say>(step).text == "s1 AUTHENTICATE PLAIN bWF4AG1hc3RlcgBrZXk=\r\n");
  input = "* OK [CAPABILITY IMAP4rev1 AUTH=LOGIN] ready\r\n";
  backend_dialogue unable{{}};
  CHECK(std::holds_alternative<ready_for_login>(unable.take(input)));
  CHECK(std::holds_alternative<give_up>(unable.login(master)));
}

TEST_CASE("orders out of turn are refused") {
  backend_dialogue dialogue{{}};
  CHECK(std::holds_alternative<give_up>(
      dialogue.login({"max", secret{"x"}, {}, sasl::mechanism::plain})));
  backend_dialogue other{{}};
  CHECK(std::holds_alternative<give_up>(other.on_tls_started()));
}

TEST_CASE("which refusals are temporary") {
  for (const auto* code :
       {"UNAVAILABLE", "inuse", "LIMIT", "SERVERBUG x", "CONTACTADMIN", "PRIVACYREQUIRED"})
    CHECK(is_temporary(code));
  for (const auto* code :
       {"", "AUTHENTICATIONFAILED", "EXPIRED", "AUTHORIZATIONFAILED", "ALERT"})
    CHECK_FALSE(is_temporary(code));
}
