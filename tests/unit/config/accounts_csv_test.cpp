#include "config/accounts_csv.hpp"

#include "config/account_join.hpp"
#include "tests/support/sanitized.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace stellwerk;

namespace {

const std::string header = "login,domain,old_login,new_login,senders,pin\n";

std::string findings(const std::string& text) {
  diagnostics found;
  (void)join_accounts({parse_accounts(text, "a.csv", found)}, found);
  sort_by_place(found);
  std::string result;
  for (const auto& one : found)
    result += text_of(one) + '\n';
  return result;
}

std::vector<account> accounts(const std::string& text) {
  diagnostics found;
  auto result = join_accounts({parse_accounts(text, "a.csv", found)}, found);
  for (const auto& one : found)
    FAIL_CHECK(text_of(one));
  return result;
}

} // namespace

TEST_CASE("the sample of the specification") {
  const auto rows
      = accounts(header
                 + "max.muster@example.org,,,,\"max@example.org info@example.org\",\n"
                   "Buchhaltung,example.net,buchhaltung,buchhaltung@example.net,"
                   "\"@example.net\",\n"
                   "pilot@example.com,,,,,new\n");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].login == "max.muster@example.org");
  CHECK(rows[0].domain == "example.org");
  CHECK(rows[0].senders.size() == 2);
  CHECK_FALSE(rows[0].pin.has_value());
  CHECK(rows[1].domain == "example.net");
  CHECK(rows[1].login_at(side::on_old) == "buchhaltung");
  CHECK(rows[1].login_at(side::on_new) == "buchhaltung@example.net");
  CHECK(rows[1].senders.front().kind == sender_pattern::form::domain);
  CHECK(rows[2].pin == side::on_new);
}

TEST_CASE("columns in any order, some left out, a byte order mark, CRLF") {
  const auto rows
      = accounts("\xEF\xBB\xBFpin,login\r\nold,a@Example.org\r\n,\"b\"\"c@example.org\"\r\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].login == "a@Example.org");
  CHECK(rows[0].domain == "example.org");
  CHECK(rows[0].pin == side::on_old);
  CHECK(rows[1].login == "b\"c@example.org");
}

TEST_CASE("logins that differ only by case are two accounts") {
  CHECK(accounts(header + "Max@a.example,,,,,\nmax@a.example,,,,,\n").size() == 2);
}

TEST_CASE("every mistake with its line and column") {
  CHECK(findings(header
                 + "a@a.example,,,,,\n"
                   "a@a.example,,,,,\n"
                   "bare,,,,,\n"
                   "b@a.example,,,,,neu\n"
                   "c@a.example,no domain,,,,\n"
                   "d@a.example,,,,\"ok@a.example nope @ *\",\n"
                   "e@a.example,,,\n"
                   ",a.example,,,,\n"
                   "m\xFCller@a.example,,,,,\n"
                   "f\x01@a.example,,,,,\n"
                   "g@,,,,,\n"
                   " h@a.example,,,,,\n"
                   "i\"@a.example,,,,,\n")
        == "a.csv:3:1: login: \"a@a.example\" is already in line 2\n"
           "a.csv:4:1: domain: \"bare\" has no @, so its domain must be written\n"
           "a.csv:5:17: pin: \"neu\" is not old, new or empty\n"
           "a.csv:6:13: domain: \"no domain\" is no domain\n"
           "a.csv:7:16: senders: \"nope\" is not an address, @domain or *\n"
           "a.csv:7:16: senders: \"@\" is not an address, @domain or *\n"
           "a.csv:8:1: has 4 fields, the first line names 6\n"
           "a.csv:9:1: login: is empty\n"
           "a.csv:10:1: login: is not UTF-8; save the file in that charset\n"
           "a.csv:11:1: login: \"f\\x01@a.example\" holds a control character\n"
           "a.csv:12:1: login: what follows the @ of \"g@\" is no domain\n"
           "a.csv:13:1: login: \" h@a.example\" begins or ends with a blank\n"
           "a.csv:14:2: a quote inside a field that does not begin with one\n");
}

TEST_CASE("mistakes in the first line") {
  CHECK(findings("login,dmain,pin,pin\na@a.example,,,\n")
        == "a.csv:1:7: unknown column \"dmain\", did you mean \"domain\"?\n"
           "a.csv:1:17: doubled column pin\n");
  CHECK(findings("a@a.example,,,,,\n")
            .find("a.csv:1:1: the first line must name the column login")
        != std::string::npos);
  CHECK(findings("").find("a.csv:1:1: is empty") != std::string::npos);
  CHECK(findings("\"login\na@a.example\n")
        == "a.csv:1:1: the quote is not closed on its line\n");
}

TEST_CASE("an address cannot be pinned to both sides") {
  CHECK(findings("login,senders,pin\n"
                 "a@a.example,info@a.example,new\n"
                 "b@a.example,INFO@A.example,old\n"
                 "c@a.example,info@a.example,\n")
        == "a.csv:3:1: pin: delivery of info@a.example is pinned to new in line 2 and to old "
           "here\n");
}

TEST_CASE("a pin that pulls another account's mail is told") {
  CHECK(
      findings("login,senders,pin\n"
               "a@a.example,b@a.example,new\n"
               "b@a.example,,\n")
      == "a.csv:3:1: login: warning: its mail goes to new, because the pinned account in line "
         "2 names the address\n");
}

TEST_CASE("a hundred thousand rows are read in well under a second") {
  const int rows = is_sanitized() ? 10000 : 100000;
  std::string text = header;
  for (int i = 0; i < rows; ++i)
    text += "first.last" + std::to_string(i) + "@example" + std::to_string(i % 500)
            + ".org,,,,\"alias" + std::to_string(i) + "@example.com\",\n";
  const auto start = std::chrono::steady_clock::now();
  CHECK(accounts(text).size() == static_cast<std::size_t>(rows));
  const auto took = std::chrono::steady_clock::now() - start;
  const bool in_time = took < std::chrono::seconds{10}; // A busy machine takes longer.
  CHECK((in_time || is_sanitized()));
  MESSAGE("read in " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                     << " ms");
}
