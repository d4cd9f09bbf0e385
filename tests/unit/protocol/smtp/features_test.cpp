#include "protocol/smtp/features.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace stellwerk::smtp;

namespace {

features parse(const std::vector<std::string>& announced) {
  reply ehlo{250, "2.0.0", {"mail.example SIZE 7 DSN"}}; // The server's name and small talk.
  for (const auto& line : announced)
    ehlo.lines.push_back(line);
  return parse_ehlo(ehlo);
}

} // namespace

TEST_CASE("what EHLO announces, in any case, unknown words skipped") {
  const auto found = parse({"PIPELINING", "8bitmime", "SmtpUtf8", "DSN", "CHUNKING", "STARTTLS",
                            "ENHANCEDSTATUSCODES", "SIZE 52428800", "AUTH plain  LOGIN",
                            "XCLIENT NAME addr PORT", "VRFY", "X-ODD 1 2", "", " "});
  features expected;
  expected.server_name = "mail.example";
  expected.pipelining = expected.eight_bit_mime = expected.smtputf8 = expected.dsn = true;
  expected.chunking = expected.starttls = expected.enhanced_status_codes = true;
  expected.size = 52428800;
  expected.auth = {"PLAIN", "LOGIN"};
  expected.xclient = {"NAME", "ADDR", "PORT"};
  CHECK(found == expected);
}

TEST_CASE("the first line is the server's name, never a feature") {
  features named;
  named.server_name = "mail.example";
  CHECK(parse({}) == named);
  CHECK(parse_ehlo({250, "2.0.0", {}}) == features{});
  named.server_name = "PIPELINING";
  CHECK(parse_ehlo({250, "2.0.0", {"PIPELINING"}}) == named);
}

TEST_CASE("AUTH with an equals sign, as old servers say it") {
  CHECK(parse({"AUTH=LOGIN PLAIN"}).auth == std::set<std::string>{"LOGIN", "PLAIN"});
  CHECK(parse({"AUTH LOGIN", "AUTH=LOGIN PLAIN"}).auth
        == std::set<std::string>{"LOGIN", "PLAIN"});
  CHECK(parse({"AUTH= CRAM-MD5"}).auth == std::set<std::string>{"CRAM-MD5"});
}

TEST_CASE("SIZE without a number, with none that fits, or with no number at all") {
  CHECK(parse({"SIZE"}).size == 0);
  CHECK(parse({"SIZE 0"}).size == 0);
  CHECK(parse({"SIZE many"}).size == 0);
  CHECK(parse({"SIZE 10MB"}).size == 0);
  CHECK(parse({"SIZE -1"}).size == 0);
  CHECK(parse({"SIZE 18446744073709551615"}).size == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse({"SIZE 99999999999999999999"}).size == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(parse({"SIZES 5"}).size);
}

TEST_CASE("only what both have is promised, and the smaller size that is a limit") {
  auto a = parse({"8BITMIME", "SMTPUTF8", "DSN", "PIPELINING", "STARTTLS", "SIZE 100",
                  "AUTH PLAIN LOGIN", "XCLIENT ADDR"});
  auto b = parse(
      {"8BITMIME", "DSN", "PIPELINING", "STARTTLS", "SIZE 200", "AUTH LOGIN", "XCLIENT ADDR"});
  features expected;
  expected.eight_bit_mime = expected.dsn = true;
  expected.size = 100;
  expected.auth = {"LOGIN"};
  CHECK(common(a, b) == expected);
  CHECK(common(b, a) == expected);

  a.size = 0;
  CHECK(common(a, b).size == 200);
  CHECK(common(b, a).size == 200);
  b.size.reset();
  CHECK(common(a, b).size == 0);
  a.size = 5;
  CHECK(common(a, b).size == 5);
  CHECK(common(features{}, features{}).size == 0);
}
