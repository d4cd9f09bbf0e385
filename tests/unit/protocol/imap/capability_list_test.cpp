#include "protocol/imap/capability_list.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::imap;

namespace {

capability_list list(std::string_view names) { return capability_list::parse(names); }

} // namespace

TEST_CASE("a list keeps order and first spelling, each name once") {
  CHECK(list(" IMAP4rev1  idle IDLE Imap4REV1 ").text() == "IMAP4rev1 idle");
  CHECK(list("A b").contains("B"));
  CHECK_FALSE(list("AB").contains("A"));
  auto some = list("A B C");
  some.remove("b");
  CHECK(some.text() == "A C");
  CHECK(list("").empty());
}

TEST_CASE("a list is bounded") {
  std::string names;
  for (int i = 0; i < 1000; ++i)
    names += "X" + std::to_string(i) + ' ';
  CHECK(list(names).names().size() == 256);
}

TEST_CASE("common is what both have") {
  CHECK(common_to(list("A B C"), list("c x a")).text() == "A C");
  CHECK(common_to(list("A"), list("")).empty());
}

TEST_CASE("LITERAL+ only if both; of LITERAL+ and LITERAL- the weaker; never both") {
  CHECK(common_to(list("LITERAL+"), list("LITERAL+")).text() == "LITERAL+");
  CHECK(common_to(list("LITERAL+"), list("LITERAL-")).text() == "LITERAL-");
  CHECK(common_to(list("LITERAL-"), list("LITERAL+")).text() == "LITERAL-");
  CHECK(common_to(list("LITERAL- LITERAL+"), list("LITERAL+")).text() == "LITERAL+");
  CHECK(common_to(list("LITERAL+"), list("IDLE")).empty());
}

TEST_CASE("before login: ours, and what both backends have but is not the connection's") {
  const auto common = list("IMAP4rev1 IDLE ENABLE LITERAL+ AUTH=CRAM-MD5 AUTH=PLAIN STARTTLS "
                           "LOGINDISABLED UNAUTHENTICATE LOGIN-REFERRALS MAILBOX-REFERRALS "
                           "COMPRESS=DEFLATE SASL-IR ID");
  CHECK(announced_before_login(common, client_channel::tls).text()
        == "IMAP4rev1 SASL-IR ID AUTH=PLAIN AUTH=LOGIN IDLE ENABLE LITERAL+ COMPRESS=DEFLATE");
  CHECK(announced_before_login(common, client_channel::clear_with_starttls).text()
        == "IMAP4rev1 SASL-IR ID STARTTLS LOGINDISABLED IDLE ENABLE LITERAL+ COMPRESS=DEFLATE");
  CHECK(announced_before_login({}, client_channel::clear).text()
        == "IMAP4rev1 SASL-IR ID LOGINDISABLED");
}

TEST_CASE("after login: the backend's own without what the proxy cannot carry") {
  CHECK(passed_after_login(list("IMAP4rev1 AUTH=PLAIN UNAUTHENTICATE QUOTA starttls")).text()
        == "IMAP4rev1 QUOTA");
}
