#include "protocol/smtp/recipient_refusal.hpp"

#include <doctest/doctest.h>

namespace stellwerk::smtp {
namespace {

bool is_unknown(std::string octets) {
  octets += "\r\n";
  std::string_view rest{octets};
  const auto heard = reply_parser{}.take(rest);
  REQUIRE(heard.status == reply_status::reply);
  return is_unknown_recipient(heard.value);
}

} // namespace

TEST_CASE("which refusals of a recipient say that nobody is there") {
  for (const auto* words :
       {"550 5.1.1 User unknown", "554 5.1.1 no such user", "550 5.1.10 null MX",
        "550 5.2.1 mailbox disabled", "550 User unknown", "551 not here", "553 no such name"}) {
    CAPTURE(words);
    CHECK(is_unknown(words));
  }
  for (const auto* words :
       {"250 2.1.5 ok", "450 4.1.1 greylisted", "550 5.7.1 SPF fail", "554 5.7.1 blocked",
        "554 blocked", "552 5.3.4 too large", "552 5.2.2 mailbox full", "550 5.2.2 full",
        "552 full", "521 5.3.2 no mail here", "501 syntax", "550 5.4.6 loop"}) {
    CAPTURE(words);
    CHECK_FALSE(is_unknown(words));
  }
}

} // namespace stellwerk::smtp
