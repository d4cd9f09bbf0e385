#include "protocol/smtp/header_senders.hpp"

#include <doctest/doctest.h>

namespace stellwerk::smtp {
namespace {

/// `Field=address` with blanks between; "? reason" in doubt; "-" without a From.
std::string read(std::string_view fields) {
  const auto found = read_header_senders(fields);
  if (!found.doubt.empty())
    return "? " + found.doubt;
  std::string text = found.has_from ? "" : "-";
  for (const auto& one : found.mentions)
    text += (text.empty() ? "" : " ") + std::string{one.field} + '=' + one.address;
  return text;
}

struct trial {
  std::string_view fields;
  std::string_view expected;
};

void check(std::initializer_list<trial> trials) {
  for (const auto& [fields, expected] : trials) {
    CAPTURE(fields);
    CHECK(read(fields) == expected);
  }
}

} // namespace

TEST_CASE("the fields that name a sender") {
  check({
      {"From: a@x.example\r\n", "From=a@x.example"},
      {"from: a@x.example\r\n", "From=a@x.example"},
      {"FROM: a@x.example\r\n", "From=a@x.example"},
      {"From:a@x.example\r\n", "From=a@x.example"},
      {"From : a@x.example\r\n", "From=a@x.example"},
      {"From\t: a@x.example\r\n", "From=a@x.example"},
      {"From: a@x.example", "From=a@x.example"},
      {"Subject: x\r\nFrom: a@x.example\r\nTo: b@y.example\r\n", "From=a@x.example"},
      {"From: a@x.example\r\nSender: s@x.example\r\n", "From=a@x.example Sender=s@x.example"},
      {"Resent-From: r@x.example\r\nFrom: a@x.example\r\n",
       "Resent-From=r@x.example From=a@x.example"},
      {"Sender: s@x.example\r\n", "- Sender=s@x.example"},
      {"From:\r\n a@x.example\r\n", "From=a@x.example"},
      {"From: A\r\n <a@x.example>\r\nSubject: x\r\n", "From=a@x.example"},
      {"From: a@x.example\r\nFrom: b@y.example\r\n", "From=a@x.example From=b@y.example"},
      {"From: a@x.example\r\nSubject: x\r\nfrom: b@y.example\r\n",
       "From=a@x.example From=b@y.example"},
      {"", "-"},
      {"Subject: From: a@x.example\r\n", "-"},
      {"Subject: x\r\n From: a@x.example\r\n", "-"},
      {"Reply-To: a@x.example\r\n", "-"},
      {"X-From: a@x.example\r\n", "-"},
      {"From-X: a@x.example\r\n", "-"},
      {"Resent-Sender: a@x.example\r\n", "-"},
      {"no field\r\nFrom: a@x.example\r\n", "From=a@x.example"},
      {"From: a@x.example\r\nno field\r\nFrom: b@y.example\r\n",
       "From=a@x.example From=b@y.example"},
      {"From anna Sat Nov 22\r\nFrom: a@x.example\r\n", "From=a@x.example"},
  });
}

TEST_CASE("a field that cannot be read, or names nobody") {
  check({
      {"From: \r\n", "? From: names nobody"},
      {"From:\r\n", "? From: names nobody"},
      {"From: undisclosed:;\r\n", "? From: names nobody"},
      {"From: a b@x.example\r\n", "? From: an address that cannot be read safely"},
      {"Sender: a b@x.example\r\nFrom: a@x.example\r\n",
       "? Sender: an address that cannot be read safely"},
      {"From: a@x.example\r\n b@y.example\r\n",
       "? From: an address that cannot be read safely"},
      {"From: a@x.example\r\n \r\n ,b@y.example\r\n", "From=a@x.example From=b@y.example"},
      {std::string_view{"From: a@x.example\0\r\n", 20}, "? From: a control octet"},
  });
  CHECK(read("From: (" + std::string(900, 'x') + "\r\n " + std::string(900, 'x')
             + ") a@x.example\r\n")
        == "From=a@x.example");
  std::string folded = "From: a@x.example";
  while (folded.size() <= max_sender_field)
    folded += ",\r\n a@x.example";
  CHECK(read(folded + "\r\n") == "? From: longer than what MTAs keep whole");
}

TEST_CASE("what is a sender's field for one reader and none for another") {
  check({
      {" From: a@x.example\r\n", "? the header begins with a blank"},
      {"\tFrom: a@x.example\r\n", "? the header begins with a blank"},
      {std::string_view{"Fro\0m: a@x.example\r\n", 20}, "? a field that is almost From"},
      {std::string_view{"From\0: a@x.example\r\n", 20}, "? a field that is almost From"},
      {std::string_view{"\0From: a@x.example\r\n", 20}, "? a field that is almost From"},
      {"From\x01: a@x.example\r\n", "? a field that is almost From"},
      {"Fr om: a@x.example\r\n", "? a field that is almost From"},
      {"From\xC2\xA0: a@x.example\r\n", "? a field that is almost From"},
      {"\xEF\xBB\xBF"
       "From: a@x.example\r\n",
       "? a field that is almost From"},
      {"From \x0B: a@x.example\r\n", "? a field that is almost From"},
      {"From: a@x.example\r\nFr\x08om: b@y.example\r\n", "? a field that is almost From"},
      {"Sen\x7F"
       "der: b@y.example\r\n",
       "? a field that is almost Sender"},
      {"From: a@x.example\r\nFrom\r\n : b@y.example\r\n",
       "? a line that is a sender's name alone"},
      {"From\r\n: b@y.example\r\n", "? a line that is a sender's name alone"},
      {"From: a@x.example\r\n sEnDeR \r\nSubject: x\r\n",
       "? From: an address that cannot be read safely"},
      {"sEnDeR\t\r\nFrom: a@x.example\r\n", "? a line that is a sender's name alone"},
      {"Resent-From", "? a line that is a sender's name alone"},
      {"Fr\r\n om: b@y.example\r\n", "? a field whose name is folded"},
      {"X\r\n y\r\n\tz: b@y.example\r\n", "? a field whose name is folded"},
      {"no field\r\n nor here\r\nX:\r\n y: z\r\nFrom: a@x.example\r\n", "From=a@x.example"},
      {"From\xEF\xBC\x9A b@y.example\r\n", "-"}, // A wide colon is none, for anybody.
  });
}

TEST_CASE("a line that an MTA may break where a sender's field begins") {
  const std::string filler(990, 'x');
  CHECK(read("Subject: " + filler + " From: b@y.example\r\nFrom: a@x.example\r\n")
        == "? a line too long that names a sender");
  CHECK(read("Subject: " + filler + filler + "\r\nFrom: a@x.example\r\n")
        == "From=a@x.example");
  CHECK(read("Subject: x\r\n " + filler + " sEnDeR: b@y.example\r\n")
        == "? a line too long that names a sender");
}

} // namespace stellwerk::smtp
