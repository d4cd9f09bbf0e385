#include "actors/tls/certificate_status.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

const time_point now = std::chrono::sys_days{std::chrono::year{2027} / 3 / 1};

certificate_facts ending_in(std::chrono::hours left) {
  certificate_facts facts;
  facts.not_after = now + left;
  return facts;
}

} // namespace

TEST_CASE("the status counts days to the earlier end and shows the certificate's own") {
  auto one = std::make_shared<certificate>();
  one->names = {"mail.old.example"};
  one->not_after = now + 48h + 12h;
  one->until = now + 24h;
  one->legacy = true;
  const server_certificates table{{one}};
  auto said = status_of(table, {}, now);
  REQUIRE(said.size() == 1);
  CHECK(said[0].not_after == "2027-03-03T12:00:00Z");
  CHECK(said[0].days_left == 1);
  CHECK(said[0].legacy);
  CHECK_FALSE(said[0].retired);
  said = status_of(table, {}, now + 24h);
  CHECK(said[0].days_left == 0);
  CHECK(said[0].retired);
}

TEST_CASE("warnings fall due 30, 14, 7 and 1 days before the end, each once") {
  const time_point never{};
  CHECK_FALSE(due_warning(ending_in(31 * 24h), never, now));
  CHECK(due_warning(ending_in(30 * 24h), never, now) == 30);
  CHECK(due_warning(ending_in(13 * 24h), never, now) == 14);
  CHECK(due_warning(ending_in(7 * 24h), now - 1h, now) == 7);
  CHECK_FALSE(due_warning(ending_in(7 * 24h), now, now + 1h));
  CHECK(due_warning(ending_in(1h), now - 24h, now) == 1);
  CHECK_FALSE(due_warning(ending_in(0h), now - 24h, now));
}

TEST_CASE("names are shown with A-labels and U-labels, and who came under them") {
  auto one = std::make_shared<certificate>();
  one->names = {"mail.xn--mller-kva.example", "b.example"};
  one->not_after = now + 40 * 24h;
  one->key_kind = EVP_PKEY_RSA;
  certificate_ledger::records used;
  auto& record = used[{"mail.xn--mller-kva.example", true}];
  record.advance(std::chrono::floor<std::chrono::hours>(now).time_since_epoch().count());
  record.refused = 3;
  record.last_login = "anna@example.org";
  record.last_login_at = now;
  const auto said = status_of(server_certificates{{one}}, used, now);
  REQUIRE(said.size() == 1);
  CHECK(said[0].names
        == std::vector<std::string>{"mail.xn--mller-kva.example", "mail.m\xC3\xBCller.example",
                                    "b.example"});
  CHECK(said[0].key == "RSA");
  REQUIRE(said[0].uses.size() == 1);
  CHECK(said[0].uses[0].name == "mail.m\xC3\xBCller.example");
  CHECK(said[0].uses[0].refused == 3);
  CHECK(said[0].uses[0].last_login == "anna@example.org");
  CHECK(said[0].uses[0].last_login_at == "2027-03-01T00:00:00Z");
}

TEST_CASE("what ends soon and responses that are too old are warnings") {
  auto one = std::make_shared<certificate>();
  one->names = {"a.example"};
  one->not_after = now + 14 * 24h;
  one->staple = std::make_shared<const ocsp_staple>(ocsp_staple{"der", now, now + 1h});
  const server_certificates table{{one}};
  CHECK(warnings_of(table, now).empty());
  CHECK(status_of(table, {}, now)[0].stapled_until == "2027-03-01T01:00:00Z");
  CHECK(status_of(table, {}, now + 1h)[0].stapled_until == "");
  CHECK(warnings_of(table, now + 1h)
        == std::vector<std::string>{
            "a.example ends in 13 days, at 2027-03-15T00:00:00Z",
            "the OCSP response for a.example is too old and not stapled"});
}
