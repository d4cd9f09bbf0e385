#include "protocol/smtp/reply.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;

namespace {

struct seen {
  std::vector<reply> replies{};
  reply_status end = reply_status::need_more;
  bool operator==(const seen&) const = default;
};

seen parse(std::string_view input, std::size_t slice, reply_limits limits = {}) {
  reply_parser parser{limits};
  seen result;
  while (!input.empty()) {
    auto piece = input.substr(0, slice);
    input.remove_prefix(piece.size());
    for (;;) {
      auto event = parser.take(piece);
      if (event.status == reply_status::reply) {
        result.replies.push_back(std::move(event.value));
        continue;
      }
      result.end = event.status;
      break;
    }
    if (result.end != reply_status::need_more)
      return result;
  }
  return result;
}

reply parse_one(std::string_view input) {
  const auto result = parse(input, input.size());
  REQUIRE(result.replies.size() == 1);
  CHECK(result.end == reply_status::need_more);
  return result.replies.front();
}

} // namespace

TEST_CASE("replies of one and more lines, however the input is cut") {
  const seen expected{{{220, "2.0.0", {"mail.example ESMTP"}},
                       {250, "2.1.0", {"first", "second", ""}},
                       {354, "", {"go ahead"}}},
                      reply_status::need_more};
  for (std::size_t slice = 1; slice < 30; ++slice)
    CHECK(parse("220 mail.example ESMTP\r\n"
                "250-2.1.0 first\r\n250-2.1.0 second\r\n250 2.1.0\r\n"
                "354 go ahead\r\n",
                slice)
          == expected);
}

TEST_CASE("a backend may end its lines in LF, and leave the text away") {
  for (std::size_t slice = 1; slice < 10; ++slice)
    CHECK(parse("250-one\n250 two\n221\r\n", slice)
          == seen{{{250, "2.0.0", {"one", "two"}}, {221, "2.0.0", {""}}},
                  reply_status::need_more});
}

TEST_CASE("the enhanced code is kept apart from the text, and one is found where it lacks") {
  CHECK(parse_one("550 5.1.1 nobody here\r\n") == reply{550, "5.1.1", {"nobody here"}});
  CHECK(parse_one("550 nobody here\r\n") == reply{550, "5.0.0", {"nobody here"}});
  CHECK(parse_one("451 try later\r\n").enhanced == "4.0.0");
  CHECK(parse_one("535 no\r\n").enhanced == "5.7.8");
  CHECK(parse_one("334 VXNlcm5hbWU6\r\n").enhanced.empty());
  // Of another class than the reply it would make a liar of one of the two.
  CHECK(parse_one("550 2.1.5 odd\r\n") == reply{550, "5.0.0", {"2.1.5 odd"}});
  // No codes at all.
  CHECK(parse_one("250 2.1 two numbers\r\n") == reply{250, "2.0.0", {"2.1 two numbers"}});
  CHECK(parse_one("250 2.1.1000 four digits\r\n").lines.front() == "2.1.1000 four digits");
  CHECK(parse_one("250 2.1.05 leading zero\r\n").lines.front() == "2.1.05 leading zero");
  CHECK(parse_one("550 5.1.1nobody\r\n").lines.front() == "5.1.1nobody");
  CHECK(parse_one("550 5.1.1\r\n") == reply{550, "5.1.1", {""}});
}

TEST_CASE("what is no reply, or changes its code, is a fault and stays one") {
  for (const std::string_view input :
       {"hello\r\n", "25 ok\r\n", "25x ok\r\n", "250ok\r\n", "150 ok\r\n", "650 ok\r\n", "\r\n",
        "250-one\r\n251 two\r\n", "250-one\r\n\r\n", "250-one\r\n550 two\r\n"})
    for (std::size_t slice = 1; slice < 30; ++slice)
      CHECK_MESSAGE((parse(input, slice) == seen{{}, reply_status::malformed}), input);

  reply_parser parser;
  std::string_view input = "hello\r\n";
  CHECK(parser.take(input).status == reply_status::malformed);
  input = "250 ok\r\n";
  CHECK(parser.take(input).status == reply_status::malformed);
}

TEST_CASE("each limit of a reply holds exactly") {
  for (std::size_t slice = 1; slice < 40; ++slice) {
    const reply_limits line{.line = 10};
    CHECK(parse("250 1234\r\n", slice, line).replies.size() == 1);
    CHECK(parse("250 12345\r\n", slice, line) == seen{{}, reply_status::too_long});
    const reply_limits lines{.lines = 2};
    CHECK(parse("250-1\r\n250 2\r\n", slice, lines).replies.size() == 1);
    CHECK(parse("250-1\r\n250-2\r\n250 3\r\n", slice, lines)
          == seen{{}, reply_status::too_long});
    const reply_limits octets{.octets = 14};
    CHECK(parse("250-1\r\n250 2\r\n250 3\r\n", slice, octets).replies.size() == 2);
    CHECK(parse("250-1\r\n250 22\r\n", slice, octets) == seen{{}, reply_status::too_long});
  }
}

TEST_CASE("reply lines without end are a fault, not memory") {
  reply_parser parser;
  std::size_t fed = 0;
  for (;; fed += 8) {
    std::string_view line = "250-on\r\n";
    const auto event = parser.take(line);
    if (event.status != reply_status::need_more) {
      CHECK(event.status == reply_status::too_long);
      break;
    }
  }
  CHECK(fed == 128 * 8);
}

TEST_CASE("control characters of a backend do not travel on") {
  CHECK(parse_one(std::string_view{"250 a\0b\x1b[1m\rc\x7F\td\r\r\n", 19}).lines.front()
        == "a?b?[1m?c?\td");
}

TEST_CASE("our own replies on the wire") {
  CHECK(make_reply(250, "2.1.5", "recipient ok").to_string() == "250 2.1.5 recipient ok\r\n");
  CHECK(make_reply(354, "", "go ahead").to_string() == "354 go ahead\r\n");
  CHECK(make_reply(250, "", "mail.example\nPIPELINING\nSIZE 0").to_string()
        == "250-mail.example\r\n250-PIPELINING\r\n250 SIZE 0\r\n");
  CHECK(make_reply(550, "5.7.1", "one\ntwo").to_string()
        == "550-5.7.1 one\r\n550 5.7.1 two\r\n");
  CHECK(reply{221, "2.0.0", {}}.to_string() == "221 2.0.0 \r\n");
}

TEST_CASE("temporary and permanent are one fact") {
  CHECK(make_reply(451, "5.7.1", "later").enhanced == "4.7.1");
  const auto later = make_reply(451, "4.3.0", "later");
  CHECK(later.is_temporary());
  CHECK_FALSE(later.is_permanent());
  CHECK(make_reply(550, "5.1.1", "no").is_permanent());
  CHECK(make_reply(250, "2.0.0", "yes").is_positive());
  CHECK(make_reply(354, "", "go on").is_intermediate());
  CHECK_FALSE(make_reply(354, "", "go on").is_positive());
}

TEST_CASE("no text breaks out of its line") {
  CHECK(make_reply(550, "5.7.1", "a\r250 b").to_string() == "550 5.7.1 a?250 b\r\n");
  const reply with_lf{550, "5.7.1", {"a\n250 b"}};
  CHECK(with_lf.to_string() == "550 5.7.1 a?250 b\r\n");
}

TEST_CASE("lines end at 512 octets, and never inside a UTF-8 character") {
  const auto line = make_reply(550, "5.7.1", std::string(600, 'x')).to_string();
  CHECK(line.size() == 512);
  CHECK(line.ends_with("x\r\n"));
  // Ten octets of codes, 499 x, then a character whose second octet would be the 511th.
  const auto umlaut = make_reply(550, "5.7.1", std::string(499, 'x') + "\xC3\xBC").to_string();
  CHECK(umlaut.size() == 511);
  CHECK(umlaut.ends_with("x\r\n"));
}
