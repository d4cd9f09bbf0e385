#include "protocol/accounts/account_proposal.hpp"

#include <doctest/doctest.h>

namespace stellwerk {
namespace {

account account_named(std::string login, std::string domain, std::string_view sender = {}) {
  account one;
  one.login = std::move(login);
  one.domain = std::move(domain);
  if (auto pattern = parse_sender_pattern(sender))
    one.senders.push_back(std::move(*pattern));
  return one;
}

account_table table() {
  std::vector<account> all;
  all.push_back(account_named("anna@example.org", "example.org", "info@example.org"));
  all.push_back(account_named("bert@example.org", "example.org"));
  all.push_back(account_named("office@example.org", "example.org", "@example.org"));
  all.push_back(account_named("Buero", "example.net"));
  all.back().old_login = "buero";
  all.back().pin = side::on_new;
  return account_table{std::move(all)};
}

finding_record found(finding_kind kind, std::string login, std::string address = {},
                     std::uint64_t accepted = 1) {
  finding_record one;
  one.what.kind = kind;
  one.what.login = std::move(login);
  one.what.address = std::move(address);
  one.count = 1;
  one.accepted = accepted;
  return one;
}

std::vector<proposed_row> propose(const std::vector<finding_record>& all) {
  static const auto accounts = table();
  return propose_accounts(
      accounts, [](std::string_view domain) { return domain == "hosted.example"; }, all);
}

bool says(const proposed_row& row, std::string_view words) {
  for (const auto& one : row.remarks)
    if (one.find(words) != std::string::npos)
      return true;
  return false;
}

} // namespace

TEST_CASE("an account gets the addresses elsewhere that it sends as, beside those it has") {
  const auto rows
      = propose({found(finding_kind::foreign_sender, "anna@example.org", "anna@club.example"),
                 found(finding_kind::foreign_from, "anna@example.org", "Anna@Club.example"),
                 found(finding_kind::foreign_from, "anna@example.org", "a@work.example")});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].is_news);
  CHECK(rows[0].login == "anna@example.org");
  CHECK(rows[0].domain.empty());
  CHECK(rows[0].senders == "info@example.org anna@club.example a@work.example");
  CHECK(rows[0].remarks.empty());
}

TEST_CASE("what is another's, or was a deleted account's, is told and not proposed") {
  const auto rows = propose(
      {found(finding_kind::foreign_from, "anna@example.org", "bert+x@example.org"),
       found(finding_kind::foreign_sender, "anna@example.org", "gone@example.org"),
       found(finding_kind::foreign_sender, "anna@example.org", "gone@hosted.example")});
  REQUIRE(rows.size() == 1);
  CHECK_FALSE(rows[0].is_news);
  CHECK(rows[0].senders == "info@example.org");
  CHECK(says(rows[0], "bert+x@example.org, which belongs to bert@example.org"));
  CHECK(says(rows[0], "gone@example.org, a dead sender"));
  CHECK(says(rows[0], "gone@hosted.example, a dead sender"));
}

TEST_CASE("a login with many addresses of one domain is a collective account") {
  std::vector<finding_record> all;
  for (const auto* local : {"one", "two", "three"})
    all.push_back(found(finding_kind::foreign_sender, "bert@example.org",
                        std::string{local} + "@shop.example"));
  CHECK(propose(all)[0].senders.find(" @shop.example") == std::string::npos);
  all.push_back(found(finding_kind::foreign_sender, "bert@example.org", "four@shop.example"));
  const auto rows = propose(all);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].senders == "@shop.example");
  CHECK(says(rows[0], "collective account"));
}

TEST_CASE("only of its own domain are addresses without an account taken for an office's") {
  std::vector<finding_record> all;
  for (const auto* local : {"sales", "shop", "help", "jobs"})
    for (const auto* domain : {"example.org", "hosted.example"})
      all.push_back(found(finding_kind::foreign_sender, "bert@example.org",
                          std::string{local} + '@' + domain));
  const auto rows = propose(all);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].senders == "@example.org");
  CHECK(says(rows[0], "those of 3 accounts too"));
  CHECK(says(rows[0], "sales@hosted.example, a dead sender"));
}

TEST_CASE("another spelling in use is a row of its own, led to the account's own spelling") {
  const auto rows
      = propose({found(finding_kind::wrong_case, "BUERO"),
                 found(finding_kind::foreign_sender, "BUERO", "buero@elsewhere.example")});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].login == "Buero");
  CHECK(rows[0].domain == "example.net");
  CHECK(rows[0].old_login == "buero");
  CHECK(rows[0].senders == "buero@elsewhere.example");
  CHECK(rows[1].login == "BUERO");
  CHECK(rows[1].domain == "example.net");
  CHECK(rows[1].old_login == "buero");
  CHECK(rows[1].new_login == "Buero");
  CHECK(rows[1].senders == "buero@elsewhere.example");
  CHECK(rows[1].pin == "new");
}

TEST_CASE("a login that no server has taken is nobody's") {
  CHECK(propose({found(finding_kind::unknown_login, "ghost@example.org", {}, 0),
                 found(finding_kind::wrong_case, "ANNA@example.org", {}, 0)})
            .empty());
}

TEST_CASE("an unknown login that a server takes gets a row, if it can be written") {
  const auto rows
      = propose({found(finding_kind::unknown_login, "carla@example.org"),
                 found(finding_kind::unknown_login, "bare"),
                 found(finding_kind::unknown_login, "odd\xEF\xBF\xBD@example.org")});
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].login == "bare");
  CHECK_FALSE(rows[0].is_news);
  CHECK(says(rows[0], "names no domain"));
  CHECK(rows[1].login == "carla@example.org");
  CHECK(rows[1].is_news);
  CHECK_FALSE(rows[2].is_news);
}

TEST_CASE("ways into a mailbox make no rows") {
  CHECK(propose({found(finding_kind::pop3_used, "anna@example.org"),
                 found(finding_kind::straggler, "anna@example.org", "x@hosted.example")})
            .empty());
}

} // namespace stellwerk
