#include "protocol/accounts/passwd_file.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace stellwerk;

namespace {
const std::string yes = "$y$j9T$salt$hash./09";
const std::string no = "$6$salt$another";
} // namespace

TEST_CASE("a user who is not there gets a line at the end") {
  passwd_file users;
  CHECK(users.text().empty());
  CHECK(users.set("anna@example.org", yes));
  CHECK(users.set("m\xC3\xBCller", no));
  CHECK(users.text()
        == "anna@example.org:{CRYPT}" + yes + "::::::\nm\xC3\xBCller:{CRYPT}" + no
               + "::::::\n");
  CHECK(users.count() == 2);
  CHECK(users.hash_of("anna@example.org") == yes);
  CHECK(users.hash_of("ANNA@example.org").empty());
  const passwd_file again{users.text()};
  CHECK(again.hash_of("m\xC3\xBCller") == no);
  CHECK(again.count() == 2);
}

TEST_CASE("a changed password is changed in its field, and nothing else is") {
  const std::string before = "# users of the new server\n\nanna:{SHA512-CRYPT}" + no
                             + ":1000:1000::/home/anna::allow_nets=192.0.2.0/24\r\n:odd\n"
                               "service:{PLAIN}key::::::\nlast:"
                             + yes;
  passwd_file users{before};
  CHECK(users.text() == before);
  CHECK(users.count() == 3);
  CHECK(users.set("anna", yes));
  CHECK(users.text()
        == "# users of the new server\n\nanna:{CRYPT}" + yes
               + ":1000:1000::/home/anna::allow_nets=192.0.2.0/24\r\n:odd\n"
                 "service:{PLAIN}key::::::\nlast:"
               + yes);
  CHECK(users.set("max", no)); // Behind a line without an end.
  CHECK(users.text().ends_with("last:" + yes + "\nmax:{CRYPT}" + no + "::::::\n"));
}

TEST_CASE("whose line has no password yet gets it there") {
  for (const std::string line : {"anna", "anna\r\n", "anna:\n", "anna::1000:1000\n"}) {
    passwd_file users{line};
    CHECK_FALSE(users.has_password("anna"));
    CHECK(users.count() == 0);
    CHECK(users.set("anna", yes));
    CHECK(users.hash_of("anna") == yes);
    CHECK(users.count() == 1);
    auto expected = line;
    const auto colon = line.find(':');
    if (colon == std::string::npos)
      expected.insert(4, ":{CRYPT}" + yes);
    else
      expected.insert(colon + 1, "{CRYPT}" + yes);
    CHECK(users.text() == expected);
  }
}

TEST_CASE("a password that libcrypt did not make is the operator's") {
  for (const std::string password :
       {"{PLAIN}secret", "{SSHA512}abc", "{CRYPT}*", "{CRYPT}!$6$a", "!", "secret", "{CRYPT}",
        "{SHA512-CRYPT.b64}$6$a$b", "{"}) {
    const auto line = "anna:" + password + "::::::\n";
    passwd_file users{line};
    CHECK(users.has_password("anna"));
    CHECK_MESSAGE(users.is_foreign("anna"), password);
    CHECK_FALSE(users.set("anna", yes));
    CHECK(users.text() == line);
  }
  for (const std::string password : {"$6$a$b", "{crypt}$6$a$b", "{BLF-CRYPT}$2y$05$a"})
    CHECK_FALSE(passwd_file{"anna:" + password}.is_foreign("anna"));
}

TEST_CASE("of two lines with one name the first counts, as with Dovecot") {
  passwd_file users{"anna:" + no + "\nanna:" + no + "\n"};
  CHECK(users.set("anna", yes));
  CHECK(users.text() == "anna:{CRYPT}" + yes + "\nanna:" + no + "\n");
  CHECK(users.count() == 1);
}

TEST_CASE("what would break a line is not held") {
  passwd_file users;
  for (const std::string name :
       {"", "#anna", "an:na", "an\nna", "an\rna", "an\tna", "an\x7Fna", "\xC3", "\xFF\xFE"})
    CHECK_FALSE_MESSAGE(users.set(name, yes), name);
  CHECK_FALSE(users.set(std::string(passwd_file::max_name_octets + 1, 'a'), yes));
  CHECK(passwd_file::may_hold_name(std::string(passwd_file::max_name_octets, 'a')));
  for (const std::string hash :
       {"", "*0", "!", "a:b", "a b", "a\nb", "a[13]", "a\\b", "\xC3\xBC"})
    CHECK_FALSE_MESSAGE(users.set("anna", hash), hash);
  CHECK_FALSE(users.set("anna", std::string(384, 'a')));
  CHECK(users.text().empty());
}

TEST_CASE("a full file takes nobody more") {
  passwd_file users{std::string(passwd_file::max_octets - 40, '#') + '\n'};
  CHECK_FALSE(users.set("anna@example.org", yes));
  CHECK(users.count() == 0);
  CHECK(passwd_file{}.set("anna@example.org", yes));
}
