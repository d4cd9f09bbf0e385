#include "protocol/pop3/backend_dialogue.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::pop3;

namespace {

backend_dialogue ready(std::string_view capabilities) {
  backend_dialogue dialogue{backend_settings{}};
  std::string_view input = "+OK\r\n";
  (void)dialogue.take(input);
  REQUIRE(std::holds_alternative<ready_for_login>(dialogue.take(capabilities)));
  return dialogue;
}

} // namespace

TEST_CASE("clear octets in one piece with the +OK to STLS are an injection") {
  backend_settings settings;
  settings.tls = backend_tls::starttls;
  backend_dialogue dialogue{settings};
  std::string_view input = "+OK\r\n";
  (void)dialogue.take(input);
  input = "+OK\r\nSTLS\r\n.\r\n";
  (void)dialogue.take(input);
  CHECK(dialogue.awaited() == "stls");
  input = "+OK\r\n+OK\r\n";
  CHECK(std::holds_alternative<give_up>(dialogue.take(input)));
  CHECK(std::holds_alternative<need_more>(dialogue.take(input)));
}

TEST_CASE("to act as another takes PLAIN") {
  const sasl::credentials master{"master", secret{"key"}, "max", sasl::mechanism::plain};
  auto able = ready("+OK\r\nSASL PLAIN\r\n.\r\n");
  CHECK(std::get<say>(able.login(master)).text == "AUTH PLAIN\r\n");
  std::string_view input = "+\r\n";
  CHECK(std::get<say>(able.take(input)).text == "bWF4AG1hc3RlcgBrZXk=\r\n");
  auto unable = ready("+OK\r\nUSER\r\n.\r\n");
  CHECK(std::holds_alternative<give_up>(unable.login(master)));
}

TEST_CASE("orders out of turn are refused") {
  backend_dialogue dialogue{backend_settings{}};
  CHECK(std::holds_alternative<give_up>(
      dialogue.login({"max", secret{"x"}, {}, sasl::mechanism::plain})));
  backend_dialogue other{backend_settings{}};
  CHECK(std::holds_alternative<give_up>(other.on_tls_started()));
}
