#include "protocol/smtp/envelope_lines.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;

namespace {

features everything() {
  features result;
  result.eight_bit_mime = result.smtputf8 = result.dsn = true;
  result.size = 1000;
  return result;
}

mail_command mail(std::string_view arguments) {
  const auto parsed = parse_mail(arguments);
  REQUIRE(std::holds_alternative<mail_command>(parsed));
  return std::get<mail_command>(parsed);
}

rcpt_command rcpt(std::string_view arguments) {
  const auto parsed = parse_rcpt(arguments, true);
  REQUIRE(std::holds_alternative<rcpt_command>(parsed));
  return std::get<rcpt_command>(parsed);
}

} // namespace

TEST_CASE("MAIL goes on with all parameters that the backend takes, AUTH never") {
  for (const std::string line :
       {"FROM:<>", "FROM:<a@example.org>", "FROM:<\"a b\"@example.org>",
        "FROM:<a@example.org> SIZE=17 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x+2By",
        "FROM:<m\xC3\xBCller@example.org> BODY=7BIT SMTPUTF8 RET=FULL"})
    CHECK(mail_line(mail(line), everything()) == envelope_line{"MAIL " + line + "\r\n"});
  CHECK(mail_line(mail("FROM:<a@example.org> AUTH=x@y SIZE=1"), everything())
        == envelope_line{"MAIL FROM:<a@example.org> SIZE=1\r\n"});
}

TEST_CASE("what a backend lacks and nobody misses is left out") {
  CHECK(mail_line(mail("FROM:<a@example.org> SIZE=17 BODY=7BIT"), features{})
        == envelope_line{"MAIL FROM:<a@example.org>\r\n"});
}

TEST_CASE("what was promised and is gone is said") {
  auto lacks = everything();
  lacks.smtputf8 = false;
  CHECK(mail_line(mail("FROM:<a@example.org> SMTPUTF8"), lacks)
        == envelope_line{lost_extension::smtputf8});
  CHECK(rcpt_line(rcpt("TO:<\xC3\xBC@example.org>"), lacks)
        == envelope_line{lost_extension::smtputf8});
  lacks = everything();
  lacks.eight_bit_mime = false;
  CHECK(mail_line(mail("FROM:<a@example.org> BODY=8BITMIME"), lacks)
        == envelope_line{lost_extension::eight_bit_mime});
  lacks = everything();
  lacks.dsn = false;
  CHECK(mail_line(mail("FROM:<a@example.org> RET=FULL"), lacks)
        == envelope_line{lost_extension::dsn});
  CHECK(mail_line(mail("FROM:<a@example.org> ENVID=x"), lacks)
        == envelope_line{lost_extension::dsn});
  CHECK(rcpt_line(rcpt("TO:<a@example.org> NOTIFY=NEVER"), lacks)
        == envelope_line{lost_extension::dsn});
  CHECK(rcpt_line(rcpt("TO:<a@example.org> ORCPT=rfc822;a@example.org"), lacks)
        == envelope_line{lost_extension::dsn});
  mail_command binary;
  binary.body = body_type::binary_mime;
  CHECK(mail_line(binary, everything()) == envelope_line{lost_extension::binary_mime});
  CHECK(name(lost_extension::binary_mime) == "BINARYMIME");
  CHECK(name(lost_extension::eight_bit_mime) == "8BITMIME");
}

TEST_CASE("RCPT goes on with its parameters") {
  for (const std::string line :
       {"TO:<a@example.org>", "TO:<Postmaster>", "TO:<a@[192.0.2.1]>",
        "TO:<a@example.org> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a@example.org"})
    CHECK(rcpt_line(rcpt(line), everything()) == envelope_line{"RCPT " + line + "\r\n"});
}
