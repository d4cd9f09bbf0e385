#include "protocol/smtp/received.hpp"

#include "protocol/smtp/header_field.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;
using namespace std::chrono_literals;

namespace {

trace sample() {
  trace result;
  result.helo = "client.example";
  result.client_address = "192.0.2.1";
  result.hostname = "mail.old.example";
  result.session = "7f3a";
  result.instance = "k3x9";
  result.extended = true;
  result.tls = true;
  result.received_at
      = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 10h + 5min + 8s;
  result.marks = {{"0123456789abcdef0123", "new"}};
  return result;
}

// The longest line, CRLF not counted.
std::size_t longest_line(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    longest = std::max(longest, end);
    text.remove_prefix(end + 2);
  }
  return longest;
}

} // namespace

TEST_CASE("the Received line says from whom, by whom, how, when, and carries the mark") {
  CHECK(received_line(sample())
        == "Received: from client.example ([192.0.2.1])\r\n"
           "\tby mail.old.example (Stellwerk) with ESMTPS id 7f3a\r\n"
           "\t(stellwerk-mark k3x9 new 0123456789abcdef);\r\n"
           "\tSun, 22 Nov 2026 10:05:08 +0000\r\n");
  auto plain = sample();
  plain.marks.clear();
  plain.client_address = "2001:db8::1";
  CHECK(received_line(plain)
        == "Received: from client.example ([IPv6:2001:db8::1])\r\n"
           "\tby mail.old.example (Stellwerk) with ESMTPS id 7f3a;\r\n"
           "\tSun, 22 Nov 2026 10:05:08 +0000\r\n");
}

TEST_CASE("the word for the protocol (RFC 3848, RFC 6531)") {
  const auto word = [](bool extended, bool tls, bool authenticated, bool smtputf8) {
    auto how = sample();
    how.extended = extended;
    how.tls = tls;
    how.authenticated = authenticated;
    how.smtputf8 = smtputf8;
    return protocol_word(how);
  };
  CHECK(word(false, false, false, false) == "SMTP");
  CHECK(word(false, true, false, false) == "SMTP"); // There is no SMTPS among the words.
  CHECK(word(true, false, false, false) == "ESMTP");
  CHECK(word(true, false, true, false) == "ESMTPA");
  CHECK(word(true, true, false, false) == "ESMTPS");
  CHECK(word(true, true, true, false) == "ESMTPSA");
  CHECK(word(true, false, false, true) == "UTF8SMTP");
  CHECK(word(true, false, true, true) == "UTF8SMTPA");
  CHECK(word(true, true, false, true) == "UTF8SMTPS");
  CHECK(word(true, true, true, true) == "UTF8SMTPSA");
}

TEST_CASE("dates (RFC 5322 section 3.3)") {
  CHECK(rfc5322_date(std::chrono::sys_seconds{}) == "Thu, 1 Jan 1970 00:00:00 +0000");
  CHECK(
      rfc5322_date(std::chrono::sys_days{std::chrono::year{2028} / 2 / 29} + 23h + 59min + 59s)
      == "Tue, 29 Feb 2028 23:59:59 +0000");
}

TEST_CASE("nothing a client says of itself breaks the line or ends a comment") {
  auto odd = sample();
  odd.helo = std::string{"a)(b;c\r\nX: y\0\"\\ \xC3\xBC", 18};
  CHECK(received_line(odd).starts_with("Received: from a??b?c??X:?y?????? ([192.0.2.1])\r\n"));
  odd.helo = "[192.0.2.7]";
  CHECK(received_line(odd).starts_with("Received: from [192.0.2.7] ([192.0.2.1])\r\n"));
  odd.helo.clear();
  CHECK(received_line(odd).starts_with("Received: from unknown ([192.0.2.1])\r\n"));
  odd.helo = std::string(5000, 'x');
  CHECK(longest_line(received_line(odd)) <= 998);
}

TEST_CASE("a thousand marks fold to lines of 78, each recipient once, backend by backend") {
  auto many = sample();
  many.marks.clear();
  for (int i = 0; i < 1000; ++i) {
    const auto number = std::to_string(1000 + i);
    many.marks.push_back({number + number + number + number, i % 2 == 0 ? "new" : "queue"});
    many.marks.push_back(many.marks.back());
  }
  auto line = received_line(many);
  CHECK(longest_line(line) <= 78);
  CHECK(line.size() < 30'000);
  std::size_t words = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto number = std::to_string(1000 + i);
    const auto at = line.find(number + number + number + number);
    if (at != std::string::npos
        && line.find(number + number + number + number, at + 1) == std::string::npos)
      ++words;
  }
  CHECK(words == 1000);
  std::string_view header = line;
  const auto field = take_field(header);
  REQUIRE(field);
  CHECK(field->name == "Received");
  CHECK(header.empty());
}
