#include "protocol/smtp/command.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace stellwerk;
using namespace stellwerk::smtp;

namespace {

command_fault mail_fault(std::string_view arguments) {
  const auto parsed = parse_mail(arguments);
  REQUIRE(std::holds_alternative<command_fault>(parsed));
  return std::get<command_fault>(parsed);
}

mail_command mail(std::string_view arguments) {
  const auto parsed = parse_mail(arguments);
  REQUIRE(std::holds_alternative<mail_command>(parsed));
  return std::get<mail_command>(parsed);
}

command_fault rcpt_fault(std::string_view arguments, bool smtputf8 = false) {
  const auto parsed = parse_rcpt(arguments, smtputf8);
  REQUIRE(std::holds_alternative<command_fault>(parsed));
  return std::get<command_fault>(parsed);
}

rcpt_command rcpt(std::string_view arguments, bool smtputf8 = false) {
  const auto parsed = parse_rcpt(arguments, smtputf8);
  REQUIRE(std::holds_alternative<rcpt_command>(parsed));
  return std::get<rcpt_command>(parsed);
}

} // namespace

TEST_CASE("a command line is a verb and its arguments") {
  const auto line = split_command("  mail \t FROM:<a@b> X=1 \t");
  CHECK(line.verb == "mail");
  CHECK(line.arguments == "FROM:<a@b> X=1");
  CHECK(split_command("").verb.empty());
  CHECK(split_command("   ").verb.empty());
  CHECK(split_command("NOOP").arguments.empty());
}

TEST_CASE("MAIL with every parameter, in any case") {
  CHECK(
      mail(
          "from:<a@example.org> size=12 Body=8bitmime smtputf8 auth=a+40b ret=hdrs envid=E+3D1")
      == mail_command{.from = address{"a", "example.org"},
                      .size = 12,
                      .body = body_type::eight_bit_mime,
                      .smtputf8 = true,
                      .auth = "a+40b",
                      .ret = returned_content::headers,
                      .envid = "E+3D1"});
  CHECK(mail("FROM:<>") == mail_command{});
  CHECK(mail("FROM:  <>   BODY=7BIT") == mail_command{.body = body_type::seven_bit});
  CHECK(mail("FROM:<> BODY=BINARYMIME RET=FULL AUTH=<>")
        == mail_command{
            .body = body_type::binary_mime, .auth = "<>", .ret = returned_content::full});
}

TEST_CASE("a size that fits no number is the largest") {
  CHECK(mail("FROM:<> SIZE=18446744073709551615").size == 18446744073709551615U);
  CHECK(mail("FROM:<> SIZE=99999999999999999999").size
        == std::numeric_limits<std::uint64_t>::max());
  CHECK(mail_fault("FROM:<> SIZE=100000000000000000000") == command_fault::bad_parameter);
}

TEST_CASE("MAIL that breaks the grammar") {
  using enum command_fault;
  CHECK(mail_fault("") == syntax);
  CHECK(mail_fault("<a@b>") == syntax);
  CHECK(mail_fault("FROM <a@b>") == syntax);
  CHECK(mail_fault("FROM :<a@b>") == syntax);
  CHECK(mail_fault("FROM:") == path);
  CHECK(mail_fault("FROM:a@b") == path);
  CHECK(mail_fault("FROM:<a@b>SIZE=1") == syntax);
  CHECK(mail_fault("FROM:<a@b> =1") == syntax);
  CHECK(mail_fault("FROM:<a@b> SIZE=") == syntax);
  CHECK(mail_fault("FROM:<a@b> SIZE=1=2") == syntax);
  CHECK(mail_fault("FROM:<a@b> -X") == syntax);
  CHECK(mail_fault("FROM:<a@b> X=\xff") == syntax);
  CHECK(mail_fault("FROM:<a@b> X=1") == unknown_parameter);
  CHECK(mail_fault("FROM:<a@b> NOTIFY=NEVER") == unknown_parameter);
}

TEST_CASE("MAIL parameters with a value they cannot have") {
  for (const auto* parameter :
       {"SIZE", "SIZE=x", "SIZE=-1", "SIZE=1 SIZE=1", "BODY", "BODY=9BIT", "SMTPUTF8=1", "AUTH",
        "AUTH=a+4", "AUTH=a+4g", "AUTH=+2b", "RET", "RET=ALL", "ENVID", "ENVID=ü"}) {
    CAPTURE(parameter);
    CHECK(mail_fault(std::string{"FROM:<a@b> "} + parameter) == command_fault::bad_parameter);
  }
  CHECK(mail("FROM:<> ENVID=" + std::string(100, 'e')).envid == std::string(100, 'e'));
  CHECK(mail_fault("FROM:<> ENVID=" + std::string(101, 'e')) == command_fault::bad_parameter);
}

TEST_CASE("RCPT with its parameters") {
  CHECK(
      rcpt("to: <a@b> notify=success,Delay orcpt=rfc822;a+2Bx@b")
      == rcpt_command{.to = {"a", "b"}, .notify = "SUCCESS,DELAY", .orcpt = "rfc822;a+2Bx@b"});
  CHECK(rcpt("TO:<a@b> NOTIFY=NEVER").notify == "NEVER");
  CHECK(rcpt("TO:<Postmaster>").to == address{"Postmaster", ""});
}

TEST_CASE("RCPT that is refused") {
  using enum command_fault;
  CHECK(rcpt_fault("FROM:<a@b>") == syntax);
  CHECK(rcpt_fault("TO:<>") == path);
  CHECK(rcpt_fault("TO:<a@b> SIZE=1") == unknown_parameter);
  for (const auto* parameter :
       {"NOTIFY", "NOTIFY=NEVER,DELAY", "NOTIFY=DELAY,", "NOTIFY=,", "NOTIFY=OFTEN", "ORCPT",
        "ORCPT=rfc822", "ORCPT=;a@b", "ORCPT=rfc822;", "ORCPT=rfc822;a+b", "ORCPT=rfc822;ü"}) {
    CAPTURE(parameter);
    CHECK(rcpt_fault(std::string{"TO:<a@b> "} + parameter) == bad_parameter);
  }
  CHECK(rcpt_fault("TO:<a@b> ORCPT=rfc822;" + std::string(500, 'o')) == bad_parameter);
}

TEST_CASE("what is not ASCII needs SMTPUTF8 at MAIL (RFC 6531 section 3.4)") {
  using enum command_fault;
  CHECK(mail_fault("FROM:<jürgen@example.org>") == smtputf8_needed);
  CHECK(mail("FROM:<jürgen@example.org> SMTPUTF8").from == address{"jürgen", "example.org"});
  CHECK(rcpt_fault("TO:<a@müller.example>") == smtputf8_needed);
  CHECK(rcpt("TO:<a@müller.example>", true).to.domain == "müller.example");
  CHECK(rcpt_fault("TO:<a@b> ORCPT=utf-8;jürgen@b") == smtputf8_needed);
  CHECK(rcpt("TO:<a@b> ORCPT=utf-8;jürgen@b", true).orcpt == "utf-8;jürgen@b");
}

TEST_CASE("a recipient's domain must have a key to be routed by") {
  CHECK(rcpt_fault("TO:<a@ｅxample.org>", true) == command_fault::domain_without_form);
  CHECK(mail("FROM:<a@ｅxample.org> SMTPUTF8").from.has_value());
}

TEST_CASE("a chunk has a size, and may be the last (RFC 3030 section 2)") {
  CHECK(parse_bdat("0") == bdat_command{0, false});
  CHECK(parse_bdat("1000 LAST") == bdat_command{1000, true});
  CHECK(parse_bdat("007 \t last") == bdat_command{7, true});
  CHECK(parse_bdat("18446744073709551615") == bdat_command{~std::uint64_t{0}, false});
  for (const auto* arguments : {"", "LAST", "-1", "+1", "1x", "0x1", "1,", "1 FIRST",
                                "1 LAST LAST", "1 2", "18446744073709551616", "1\xA0LAST"})
    CHECK_FALSE(parse_bdat(arguments));
}

TEST_CASE("a name behind EHLO is made fit for headers and logs") {
  CHECK(clean_helo_name("client.example") == "client.example");
  CHECK(clean_helo_name("[IPv6:2001:db8::1]") == "[IPv6:2001:db8::1]");
  CHECK(clean_helo_name("my_host and more") == "my_host");
  CHECK(clean_helo_name("a(b)\"c\x01\xff") == "a?b??c??");
  CHECK(clean_helo_name(std::string(300, 'x')).size() == 255);
  CHECK(clean_helo_name("").empty());
}
