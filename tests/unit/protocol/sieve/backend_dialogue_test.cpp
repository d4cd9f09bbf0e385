#include "protocol/sieve/backend_dialogue.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::sieve;

namespace {

backend_dialogue ready(std::string_view greeting) {
  backend_settings settings;
  settings.tls = backend_tls::none;
  backend_dialogue dialogue{settings};
  REQUIRE(std::holds_alternative<ready_for_login>(dialogue.take(greeting)));
  return dialogue;
}

} // namespace

TEST_CASE("clear octets in one piece with the OK to STARTTLS are an injection") {
  backend_dialogue dialogue{backend_settings{}};
  std::string_view input = "\"STARTTLS\"\r\nOK\r\n";
  CHECK(std::holds_alternative<say>(dialogue.take(input)));
  CHECK(dialogue.awaited() == "starttls");
  input = "OK\r\n\"SASL\" \"PLAIN\"\r\n";
  CHECK(std::holds_alternative<give_up>(dialogue.take(input)));
  CHECK(std::holds_alternative<need_more>(dialogue.take(input)));
}

TEST_CASE("to act as another takes PLAIN") {
  const sasl::credentials master{"master", secret{"key"}, "max", sasl::mechanism::plain};
  auto able = ready("\"SASL\" \"PLAIN\"\r\nOK\r\n");
  CHECK(std::get<say>(able.login(master)).text
        == "AUTHENTICATE \"PLAIN\" \"bWF4AG1hc3RlcgBrZXk=\"\r\n");
  auto unable = ready("\"SASL\" \"LOGIN\"\r\nOK\r\n");
  CHECK(std::holds_alternative<give_up>(unable.login(master)));
}

TEST_CASE("a response too long for quotes is a literal") {
  auto dialogue = ready("\"SASL\" \"PLAIN\"\r\nOK\r\n");
  const sasl::credentials who{
      "max", secret{std::string(1001, 'x')}, {}, sasl::mechanism::plain};
  const auto step = dialogue.login(who);
  CHECK(std::get<say>(step).text.starts_with("AUTHENTICATE \"PLAIN\" {1344+}\r\n"));
  CHECK(std::get<say>(step).text.ends_with("==\r\n"));
}

TEST_CASE("orders out of turn are refused") {
  backend_dialogue dialogue{backend_settings{}};
  CHECK(std::holds_alternative<give_up>(
      dialogue.login({"max", secret{"x"}, {}, sasl::mechanism::plain})));
  backend_dialogue other{backend_settings{}};
  CHECK(std::holds_alternative<give_up>(other.on_tls_started()));
}

TEST_CASE("which refusals say nothing of the credentials") {
  for (const auto* code : {"TRYLATER", "trylater x", "ENCRYPT-NEEDED", "AUTH-TOO-WEAK"})
    CHECK(is_temporary(code));
  for (const auto* code : {"", "QUOTA", "TRY"})
    CHECK_FALSE(is_temporary(code));
}
