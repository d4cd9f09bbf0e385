#include "protocol/smtp/mailbox_list.hpp"

#include <doctest/doctest.h>

namespace stellwerk::smtp {
namespace {

/// The addresses with blanks between; "? reason" where the field is in doubt.
std::string read(std::string_view body) {
  const auto list = read_mailboxes(body);
  if (!list.doubt.empty())
    return "? " + list.doubt;
  std::string text;
  for (const auto& one : list.addresses)
    text += (text.empty() ? "" : " ") + one;
  return text;
}

struct trial {
  std::string_view body;
  std::string_view expected;
};

void check(std::initializer_list<trial> trials) {
  for (const auto& [body, expected] : trials) {
    CAPTURE(body);
    const auto heard = read(body);
    if (expected == "?")
      CHECK_MESSAGE(heard.starts_with("? "), heard);
    else
      CHECK(heard == expected);
  }
}

constexpr std::string_view unsafe = "? an address that cannot be read safely";

} // namespace

TEST_CASE("what people's programs write") {
  check({
      {" anna@example.org", "anna@example.org"},
      {"anna@example.org", "anna@example.org"},
      {" <anna@example.org>", "anna@example.org"},
      {" Anna <anna@example.org>", "anna@example.org"},
      {" Anna B. Example <anna@example.org>", "anna@example.org"},
      {" Dr. Anna Example <anna@example.org>", "anna@example.org"},
      {" \"Anna\" <anna@example.org>", "anna@example.org"},
      {" \"Example, Anna\" <anna@example.org>", "anna@example.org"},
      {" \"Anna \\\"the\\\" Example\" <anna@example.org>", "anna@example.org"},
      {" 'Anna' <anna@example.org>", "anna@example.org"},
      {" Anna<anna@example.org>", "anna@example.org"},
      {" =?utf-8?Q?J=C3=BCrgen?= <j@example.org>", "j@example.org"},
      {" =?utf-8?B?SsO8cmdlbg==?= =?utf-8?B?IE0u?= <j@example.org>", "j@example.org"},
      {" J\xC3\xBCrgen <j@example.org>", "j@example.org"},
      {" \"J\xC3\xBCrgen\" <j@example.org>", "j@example.org"},
      {" j\xC3\xBCrgen@example.org", "j\xC3\xBCrgen@example.org"},
      {" anna@m\xC3\xBCller.example", "anna@m\xC3\xBCller.example"},
      {" anna@xn--mller-kva.example", "anna@xn--mller-kva.example"},
      {" anna+list@example.org", "anna+list@example.org"},
      {" ANNA@EXAMPLE.ORG", "ANNA@EXAMPLE.ORG"},
      {" anna.b@example.org", "anna.b@example.org"},
      {" o'hara@example.org", "o'hara@example.org"},
      {" a/b=c{d}@example.org", "a/b=c{d}@example.org"},
      {" anna@example.org (Anna)", "anna@example.org"},
      {" (Anna) anna@example.org", "anna@example.org"},
      {" anna@example.org (Anna (the (third)))", "anna@example.org"},
      {" anna@example.org (a \\) b)", "anna@example.org"},
      {" anna@example.org(Anna)", "anna@example.org"},
      {" Anna (work) <anna@example.org>", "anna@example.org"},
      {" Anna <anna@example.org> (work)", "anna@example.org"},
      {"\r\n anna@example.org", "anna@example.org"},
      {" Anna\r\n <anna@example.org>", "anna@example.org"},
      {" Anna\r\n\t<anna@example.org>", "anna@example.org"},
      {" Anna <anna@example.org>\r\n ", "anna@example.org"},
      {"\tanna@example.org\t", "anna@example.org"},
  });
}

TEST_CASE("several mailboxes and groups") {
  check({
      {" a@x.example, b@y.example", "a@x.example b@y.example"},
      {" a@x.example,b@y.example", "a@x.example b@y.example"},
      {" A <a@x.example>, B <b@y.example>", "a@x.example b@y.example"},
      {" A <a@x.example>,\r\n B <b@y.example>", "a@x.example b@y.example"},
      {" a@x.example,, b@y.example", "a@x.example b@y.example"},
      {" ,a@x.example,", "a@x.example"},
      {" , , a@x.example", "a@x.example"},
      {" Team: a@x.example, b@y.example;", "a@x.example b@y.example"},
      {" Team:a@x.example;", "a@x.example"},
      {" Team: A <a@x.example>;, c@z.example", "a@x.example c@z.example"},
      {" \"The team\": a@x.example;", "a@x.example"},
      {" undisclosed:;", ""},
      {" Nobody: ;", ""},
      {" Team: ,a@x.example,;", "a@x.example"},
      {" a@x.example; ", "?"},
      {" a@x.example; b@y.example", "? a semicolon outside a group"},
      {" Team: a@x.example", "? a group has no end"},
      {" Team: Other: a@x.example;;", "? a colon that opens no group"},
      {" : a@x.example;", "? a colon that opens no group"},
      {" Team: a@x.example; b@y.example", "? no comma between two addresses"},
      {" A <a@x.example> B <b@y.example>", "? no comma between two addresses"},
      {" <a@x.example> <b@y.example>", "? no comma between two addresses"},
      {" <a@x.example><b@y.example>", "? no comma between two addresses"},
      {" <a@x.example> b@y.example", "? no comma between two addresses"},
      {"", ""},
      {" ", ""},
      {" (nobody)", ""},
      {" ,", ""},
  });
}

TEST_CASE("an address in a name is one that somebody may be shown") {
  check({
      {" anna@example.org <anna@example.org>", "anna@example.org anna@example.org"},
      {" boss@victim.example <anna@example.org>", "boss@victim.example anna@example.org"},
      {" boss@victim.example Boss <anna@example.org>", "boss@victim.example anna@example.org"},
      {" Boss boss@victim.example <anna@example.org>", "boss@victim.example anna@example.org"},
      {" boss@victim.example: anna@example.org;", "boss@victim.example anna@example.org"},
      {" \"boss@victim.example\" <anna@example.org>", "anna@example.org"}, // A name, for all.
      {" anna@example.org (boss@victim.example)", "anna@example.org"},
      {" \"boss\"@victim.example <anna@example.org>", unsafe},
      {" @ <anna@example.org>", unsafe},
      {" boss@ <anna@example.org>", unsafe},
      {" a@b@c <anna@example.org>", unsafe},
      {" boss@victim.example anna@example.org", unsafe},
      {" boss@victim.example(x)anna@example.org", unsafe},
      {" [boss] <anna@example.org>", "? an address literal in a name"},
  });
}

TEST_CASE("addresses that two readers may take for different ones") {
  check({
      {" anna @example.org", unsafe},
      {" anna@ example.org", unsafe},
      {" anna@example .org", unsafe},
      {" an na@example.org", unsafe},
      {" anna(x)@example.org", unsafe},
      {" anna@(x)example.org", unsafe},
      {" anna\r\n @example.org", unsafe},
      {" < anna@example.org>", "? a blank inside an address"},
      {" <anna@example.org >", "? a blank inside an address"},
      {" <anna@example.org(x)>", "? a blank inside an address"},
      {" <anna@\r\n example.org>", unsafe},
      {" <@relay.example:anna@example.org>", "?"},
      {" <@relay.example,@other.example:anna@example.org>", "?"},
      {" <boss@victim.example,anna@example.org>", "? an angle bracket without the other"},
      {" <boss@victim.example:anna@example.org>", "?"},
      {" <<anna@example.org>>", "?"},
      {" <anna@example.org", "? an angle bracket without the other"},
      {" anna@example.org>", "? no comma between two addresses"},
      {" >anna@example.org<", "?"},
      {" <>", unsafe},
      {" Anna <>", unsafe},
      {" a@b@c.example", unsafe},
      {" boss%victim.example@example.org", "boss%victim.example@example.org"},
      {" victim.example!boss@example.org", "victim.example!boss@example.org"},
      {" @example.org", unsafe},
      {" anna@", unsafe},
      {" @", unsafe},
      {" =?utf-8?Q?boss=40victim.example?=", unsafe},
      {" <=?utf-8?Q?boss=40victim.example?=>", unsafe},
      {" =?utf-8?Q?boss?=@example.org", unsafe},
      {" anna@=?utf-8?Q?example.org?=", unsafe},
  });
}

TEST_CASE("a line end in an encoded word") {
  const std::string_view hidden = "? a line end in an encoded word";
  check({
      {" =?utf-8?Q?Boss=0A?= <anna@example.org>", hidden},
      {" =?utf-8?q?Boss=0d?= <anna@example.org>", hidden},
      {" Anna =?utf-8?B?Qm9zcwpGcm9tOg==?= <anna@example.org>", hidden},
      {" =?utf-8?b?Qm9zcw0=?= <anna@example.org>", hidden},
      {" =?utf-8?Q?A=09=20B?= <anna@example.org>", "anna@example.org"},
      {" =?utf-8?Q?A=?= <anna@example.org>", "anna@example.org"},
      {" =?utf-8?B?no base64?= <anna@example.org>", "anna@example.org"},
      {" =?utf-8? <anna@example.org>", "anna@example.org"},
      {" =? <anna@example.org>", "anna@example.org"},
  });
}

TEST_CASE("quoted local parts and literals") {
  check({
      {" \"anna b\"@example.org", "\"anna b\"@example.org"},
      {" <\"anna b\"@example.org>", "\"anna b\"@example.org"},
      {" \"a@b\"@example.org", "\"a@b\"@example.org"},
      {" \"a\\\"b\"@example.org", "\"a\\\"b\"@example.org"},
      {" \"\"@example.org", "\"\"@example.org"},
      {" \"anna\"b@example.org", unsafe},
      {" \"anna\".b@example.org", unsafe},
      {" a.\"anna\"@example.org", unsafe},
      {" \"anna\" @example.org", unsafe},
      {" anna@\"example.org\"", unsafe},
      {" \"a\"\"b\"@example.org", unsafe},
      {" \"anna@example.org\"", unsafe},
      {" \"anna@example.org", "? a quoted string has no end"},
      {" \"anna@example.org\\\"", "? a quoted string has no end"},
      {" anna@[192.0.2.1]", "anna@[192.0.2.1]"},
      {" anna@[IPv6:2001:db8::1]", "anna@[IPv6:2001:db8::1]"},
      {" anna@[192.0.2.1", "? an address literal has no end"},
      {" anna@[192.0.2.1].example.org", unsafe},
      {" anna@x[192.0.2.1]", unsafe},
      {" [192.0.2.1]@example.org", unsafe},
  });
}

TEST_CASE("words without a domain, and what is no address at all") {
  check({
      {" anna", "anna"},
      {" Anna <anna>", "anna"},
      {" anna, b@y.example", "anna b@y.example"},
      {" Anna Example", unsafe},
      {" \"Anna\"", unsafe},
      {" anna@example.org (open", "? a comment has no end"},
      {" anna@example.org (a (b)", "? a comment has no end"},
      {" anna@example.org (a \\)", "? a comment has no end"},
      {" anna@example.org )", "? an octet that belongs nowhere"},
      {" anna\\@example.org", "? an octet that belongs nowhere"},
      {" anna]@example.org", "? an octet that belongs nowhere"},
      {std::string_view{" anna@example.org\0", 18}, "? a control octet"},
      {std::string_view{" boss@victim.example\0 <anna@example.org>", 40}, "? a control octet"},
      {" anna@example.org\x01", "? a control octet"},
      {" anna@example.org\x7F", "? a control octet"},
      {" J\xFCrgen <anna@example.org>", "? not UTF-8"},
      {" anna@example.org\xC3", "? not UTF-8"},
      {" \xC0\xBC"
       "anna@example.org",
       "? not UTF-8"},
  });
  std::string many = " a@x.example";
  for (std::size_t i = 1; i < max_mailboxes; ++i)
    many += ",a@x.example";
  CHECK(read_mailboxes(many).doubt.empty());
  CHECK(read_mailboxes(many + ",a@x.example").doubt == "too many addresses");
}

} // namespace stellwerk::smtp
