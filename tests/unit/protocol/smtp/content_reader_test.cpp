#include "protocol/smtp/content_reader.hpp"

#include "tests/support/smtp_content.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace stellwerk;
using namespace stellwerk::support;

namespace {

void check_read(std::string_view wire, const content_outcome& expected) {
  for (std::size_t slice = 1; slice <= wire.size(); ++slice)
    CHECK_MESSAGE(read_content(wire, slice) == expected, "slice " << slice << ": " << wire);
}

} // namespace

TEST_CASE("content ends with CRLF.CRLF and lacks the dots that were stuffed") {
  check_read("Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n",
             {true, "Subject: x\r\n\r\nbody\r\n", "QUIT\r\n"});
  check_read("..\r\n...dots\r\n.one\r\n.\r\n", {true, ".\r\n..dots\r\none\r\n", ""});
}

TEST_CASE(".CRLF at once is empty content, since DATA's own CRLF goes before") {
  check_read(".\r\nMAIL", {true, "", "MAIL"});
  check_read("\r\n.\r\n", {true, "\r\n", ""});
}

TEST_CASE("no false end of data ends it, and its line ends are spelled anew") {
  const auto with_end
      = [](std::string_view middle) { return "a" + std::string{middle} + "b\r\n.\r\n"; };
  check_read(with_end("\n.\n"), {true, "a\r\n.\r\nb\r\n", ""});
  check_read(with_end("\n.\r\n"), {true, "a\r\n.\r\nb\r\n", ""});
  check_read(with_end("\r\n.\n"), {true, "a\r\n\r\nb\r\n", ""});
  check_read(with_end("\r.\r"), {true, "a . b\r\n", ""});
  check_read(with_end("\r\n.\r"), {true, "a\r\n b\r\n", ""});
  check_read(with_end("\r.\r\n"), {true, "a .\r\nb\r\n", ""});
  check_read(with_end("\n\r.\n\r"), {true, "a\r\n .\r\n b\r\n", ""});
  check_read(with_end("\r\n.\r\r\n"), {true, "a\r\n \r\nb\r\n", ""});
  check_read(with_end("\r\r\n.\r\r\n"), {true, "a \r\n \r\nb\r\n", ""});
  check_read(with_end("\r\n.\n."), {true, "a\r\n\r\n.b\r\n", ""});
  check_read(with_end("\r\n..\r\n"), {true, "a\r\n.\r\nb\r\n", ""});
  check_read(with_end("\r\n\n.\r\n"), {true, "a\r\n\r\n.\r\nb\r\n", ""});
  check_read(with_end(std::string_view{"\r\n\0.\r\n", 6}),
             {true, std::string{"a\r\n\0.\r\nb\r\n", 10}, ""});
  check_read(with_end(std::string_view{"\r\n.\0\r\n", 6}),
             {true, std::string{"a\r\n\0\r\nb\r\n", 9}, ""});
}

TEST_CASE("content without its end goes on") {
  for (const std::string_view wire :
       {"a\r\n.\r", "a\r\n.", "a\n.\n", "a\r\n.\n\r\n", ".\r", "."})
    for (std::size_t slice = 1; slice <= wire.size(); ++slice)
      CHECK_FALSE(read_content(wire, slice).ended);
}

TEST_CASE("after the end nothing is taken") {
  smtp::content_reader reader;
  std::string content;
  std::string_view input = "a\r\n.\r\n.\r\nb";
  CHECK(reader.take(input, content) == smtp::content_status::end);
  CHECK(reader.take(input, content) == smtp::content_status::end);
  CHECK(input == ".\r\nb");
  CHECK(content == "a\r\n");
  CHECK(reader.content_octets() == 3);
}

TEST_CASE("in chunks no dot ends anything or is dropped, and line ends are spelled anew") {
  const std::pair<std::string_view, std::string_view> cases[]{
      {"", ""},
      {"\r\n.\r\n", "\r\n.\r\n"},
      {".\r\n", ".\r\n"},
      {"..a\r\n..\r\n", "..a\r\n..\r\n"},
      {"a\n.\nb", "a\r\n.\r\nb\r\n"},
      {"a\r.\rb\r\n", "a . b\r\n"},
      {"a\n.\r\nb\n", "a\r\n.\r\nb\r\n"},
      {"a\r\n.\nb\r\n", "a\r\n.\r\nb\r\n"},
      {"a\r\r\n.\r\r\nb\r\n", "a \r\n. \r\nb\r\n"},
      {"a\n\r.\n\rb", "a\r\n .\r\n b\r\n"},
      {"a\r", "a \r\n"},
      {"\r", " \r\n"},
      {"\n", "\r\n"},
      {"a", "a\r\n"}};
  for (const auto& [octets, content] : cases)
    for (std::size_t slice = 1; slice <= octets.size() + 1; ++slice) {
      CAPTURE(slice);
      CHECK(read_chunks(octets, slice) == content);
      CHECK(promised_chunks(octets) == content);
    }
}

TEST_CASE("in chunks the content is counted as it is given out") {
  smtp::content_reader reader{smtp::framing::counts};
  std::string content;
  std::string_view input = "a\nb\r";
  CHECK(reader.take(input, content) == smtp::content_status::need_more);
  CHECK(input.empty());
  CHECK(reader.content_octets() == 4);
  reader.finish(content);
  CHECK(content == "a\r\nb \r\n");
  CHECK(reader.content_octets() == 7);
}

TEST_CASE("long lines, NUL and octets above 127 pass unchanged") {
  std::string line;
  for (std::size_t i = 0; i < 100'000; ++i)
    if (const char c = static_cast<char>(i * 7); c != '\r' && c != '\n')
      line += c;
  const auto content = "x" + line + "\r\n";
  for (const std::size_t slice : {1U, 2U, 1023U, 1024U, 1025U, 4096U, 200'000U})
    CHECK(read_content(content + ".\r\n", slice) == content_outcome{true, content, ""});
}

TEST_CASE("every wire of up to nine octets of CR, LF, dot and letter is read as promised") {
  constexpr std::string_view alphabet = "\r\n.a";
  std::size_t wrong = 0;
  for (std::size_t length = 0; length <= 9; ++length)
    for (std::size_t number = 0; number < (std::size_t{1} << (2 * length)); ++number) {
      std::string wire;
      for (std::size_t i = 0; i < length; ++i)
        wire += alphabet[number >> (2 * i) & 3U];
      wire += "\r\n.\r\n";
      const auto promised = promised_content(wire);
      if (read_content(wire, wire.size()) != promised || read_content(wire, 1) != promised)
        ++wrong;
      wire.resize(length);
      const auto chunked = promised_chunks(wire);
      if (read_chunks(wire, length + 1) != chunked || read_chunks(wire, 1) != chunked)
        ++wrong;
    }
  CHECK(wrong == 0);
}

TEST_CASE("what goes on is one message with the same content for every receiver") {
  constexpr std::string_view alphabet{"\r\n.ab\0\xFF", 7};
  std::minstd_rand random{1};
  for (int round = 0; round < 20'000; ++round) {
    std::string input;
    for (auto length = random() % 40; length > 0; --length)
      input += alphabet[random() % (round % 2 == 0 ? 3 : alphabet.size())];
    const auto read = read_content(input + "\r\n.\r\n", 1 + random() % 45);
    REQUIRE(read.ended);
    const auto wire = stuff(read.content, 1 + random() % 45);
    for (const auto& receiver : receivers)
      REQUIRE(receive(wire, receiver) == content_outcome{true, read.content, ""});
    REQUIRE(read_content(wire, 1 + random() % 45) == content_outcome{true, read.content, ""});
    const auto chunked = read_chunks(input, 1 + random() % 45);
    for (const auto& receiver : receivers)
      REQUIRE(receive(stuff(chunked, 1 + random() % 45), receiver)
              == content_outcome{true, chunked, ""});
  }
}
