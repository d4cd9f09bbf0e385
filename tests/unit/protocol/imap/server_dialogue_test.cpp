#include "protocol/imap/server_dialogue.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::imap;

TEST_CASE("the greeting tells the capabilities") {
  server_settings settings;
  settings.hostname = "mail.old.example";
  CHECK(server_dialogue{settings}.greeting()
        == "* OK [CAPABILITY IMAP4rev1 SASL-IR ID STARTTLS LOGINDISABLED] mail.old.example"
           " ready.\r\n");
}

TEST_CASE("octets in clear behind STARTTLS are left for the session to see, never executed") {
  server_dialogue whole{{}};
  std::string_view input = "a STARTTLS\r\nb NOOP\r\n";
  CHECK(std::holds_alternative<start_tls>(whole.take(input)));
  CHECK(input == "b NOOP\r\n");
  CHECK(std::holds_alternative<close>(whole.take(input)));
  CHECK(std::holds_alternative<need_more>(whole.take(input)));
  server_dialogue cut{{}};
  input = "a STARTTLS\r\n";
  CHECK(std::holds_alternative<start_tls>(cut.take(input)));
  CHECK(std::holds_alternative<need_more>(cut.take(input)));
  input = "b";
  CHECK(std::holds_alternative<close>(cut.take(input)));
}

TEST_CASE("what was heard in clear is forgotten when TLS starts") {
  server_dialogue dialogue{{}};
  std::string_view input = "a ID (\"name\" \"Mail\" \"version\" \"1\")\r\n";
  (void)dialogue.take(input);
  CHECK(dialogue.client_id() == "Mail 1");
  input = "b STARTTLS\r\n";
  (void)dialogue.take(input);
  dialogue.on_tls_started();
  CHECK(dialogue.client_id().empty());
  CHECK_FALSE(dialogue.inside_command());
}

TEST_CASE("the client's ID is bounded") {
  server_dialogue dialogue{{}};
  const auto command = "a ID (\"name\" \"" + std::string(1000, 'x') + "\")\r\n";
  std::string_view input = command;
  (void)dialogue.take(input);
  CHECK(dialogue.client_id().size() == 128);
}

TEST_CASE("inside a command from its first octet to its end") {
  server_settings settings;
  settings.tls_active = true;
  server_dialogue dialogue{settings};
  const auto take = [&](std::string_view octets) { (void)dialogue.take(octets); };
  CHECK_FALSE(dialogue.inside_command());
  take("a");
  CHECK(dialogue.inside_command());
  take(" NOOP\r\n");
  CHECK_FALSE(dialogue.inside_command());
  take("b LOGIN {3}\r\n");
  CHECK(dialogue.inside_command());
  take("max");
  CHECK(dialogue.inside_command());
  take(" x\r\n");
  CHECK_FALSE(dialogue.inside_command());
  CHECK(dialogue.login_refused("", "").starts_with("b NO "));
  CHECK(dialogue.login_refused("", "").empty());
  take("c AUTHENTICATE PLAIN\r\n");
  CHECK(dialogue.inside_command());
}

TEST_CASE("a parked client is kept patient (RFC 9585)") {
  CHECK(server_dialogue::in_progress("Wait.") == "* OK [INPROGRESS] Wait.\r\n");
}

TEST_CASE("who tries to log in before TLS is known, as far as the client said") {
  const auto tried = [](std::string_view octets) {
    server_dialogue dialogue{{}};
    (void)dialogue.take(octets);
    return dialogue.tried_in_clear();
  };
  CHECK_FALSE(tried("a NOOP\r\n").has_value());
  CHECK(tried("a LOGIN anna@example.org secret\r\n") == "anna@example.org");
  CHECK(tried("a LOGIN \"anna b\" {6}\r\n") == "anna b");
  CHECK(tried("a LOGIN {4}\r\n") == "");
  CHECK(tried("a LOGIN {4+}\r\nanna {6+}\r\nsecret\r\n") == "anna");
  CHECK(tried("a AUTHENTICATE PLAIN AGFubmEAc2VjcmV0\r\n") == "");
  server_dialogue dialogue{{}};
  for (std::string_view octets : {"a LOGIN anna x\r\n", "b AUTHENTICATE PLAIN\r\n"})
    (void)dialogue.take(octets);
  CHECK(dialogue.tried_in_clear() == "anna");
}
